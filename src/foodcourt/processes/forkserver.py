"""The owner's side of the fork server: start one, ask it for programs, end it."""

from __future__ import annotations

import atexit
import contextlib
import math
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from foodcourt.errors import FoodCourtError, SandboxLost
from foodcourt.processes import wire
from foodcourt.processes.preloads import PRELOADS
from foodcourt.processes.sandbox import Sandbox
from foodcourt.processes.starvation import too_busy

__all__ = ["ForkServer", "Process", "shared_fork_server"]

_PATIENCE = 10.0
_PATIENCE_WITH_THE_MACHINE = 40.0
"""Seconds to start a program in a sandbox where nothing in there keeps it from starting."""
_SOON = 0.2
"""Seconds within which the sockets of a process that was killed have all been closed."""
_SLICE = 1.0
"""Seconds after which a waiting thread looks whether another one has received the end meanwhile."""


class Process:
    """A program that a fork server started; it dies when this object's socket closes, however that comes about."""

    def __init__(self, control: socket.socket) -> None:
        """Take over the owner's end of a control socket."""
        self._control = control
        self._lines = wire.Lines(control)
        self._lock = threading.Lock()
        self.pid = 0
        """The program's process id; 0: it was never started, or had ended before it was looked up."""
        self._started = False
        self.exit_status: int | None = None
        self.orphans = 0
        """How many processes the program left behind when it ended; they were killed."""
        self.failure = ""
        """Why it was never started, where that is no doing of what runs already."""
        self._outside = 0

    def wait_started(self, patience: float) -> bool:
        """Wait up to so many seconds until the keeper tells the pid, or that it was never started."""
        deadline = time.monotonic() + patience
        while not self._started and self.exit_status is None and (left := deadline - time.monotonic()) > 0:
            self._receive_within(min(left, _SLICE))
        return self._started

    @property
    def ended(self) -> bool:
        """Whether it has ended, or was never started, as far as was heard."""
        return self.exit_status is not None

    @property
    def held_up(self) -> bool:
        """Whether something in the sandbox has stopped the keeper, which is the child of a process outside."""
        with contextlib.suppress(OSError, IndexError):
            children = Path(f"/proc/{self._outside}/task/{self._outside}/children").read_text(encoding="ascii")
            for child in children.split():
                state = Path(f"/proc/{child}/stat").read_bytes().rpartition(b") ")[2][:1]
                if state in (b"T", b"t"):
                    return True
        return False

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait up to `timeout` seconds (None: for ever) for the end; the exit status, or None while it runs."""
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        while self.exit_status is None:
            self._receive_within(max(0.0, min(deadline - time.monotonic(), _SLICE)))
            if time.monotonic() >= deadline:
                break
        return self.exit_status

    def _receive_within(self, timeout: float) -> None:
        poller = select.poll()
        with self._lock:
            if self.exit_status is not None:
                return
            poller.register(self._control, select.POLLIN)
        # Outside the lock, so that other threads may ask and wait meanwhile.
        if poller.poll(timeout * 1000):
            with self._lock:
                if self.exit_status is None and poller.poll(0):
                    self._receive()

    def _receive(self) -> None:
        messages = self._lines.receive()
        if messages is None:  # the keeper was killed, and the program with it
            messages = iter([{"exited": -signal.SIGKILL}])
        for message in messages:
            self._outside = message.get("outside", self._outside)
            self.failure = str(message.get("failed", self.failure))
            if "pid" in message:  # of one in a sandbox, where it has another number, a descriptor comes along
                self._started = True
                self.pid = _pid_here(self._lines.fds.pop()) if self._lines.fds else message["pid"]
            self.orphans = message.get("orphans", 0)
            self.exit_status = message.get("exited")
        if self.exit_status is not None:
            self._control.close()

    def signal(self, number: int, *, kill_after: float | None = None) -> None:
        """Send a signal; with `kill_after`, SIGKILL follows after so many seconds if the program still runs."""
        message: dict[str, float] = {"signal": number}
        if kill_after is not None:
            message["kill_after"] = kill_after
        with contextlib.suppress(OSError):
            wire.send(self._control, message)

    def close(self) -> None:
        """Let go: whatever is left of the program and its children is killed, and gone when this returns."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        self.wait(_PATIENCE)
        with self._lock:
            if self.exit_status is None:
                self.exit_status = -signal.SIGKILL
            self._control.close()


def _pid_here(pidfd: int) -> int:
    """Give the process id, as this process counts, of what a descriptor stands for, and close that; 0: it ended."""
    try:
        told = Path(f"/proc/self/fdinfo/{pidfd}").read_text(encoding="ascii")
    finally:
        os.close(pidfd)
    return max(0, next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pid:")))


class ForkServer:
    """Starts programs, forked from a parent that imported their libraries where `commands` names such programs.

    Args:
        commands: some of `PRELOADS`; every other program is executed.
        extra: modules to import beyond those of the preloads.
        within: `module:function` and its arguments, where children are to go on from the middle of something: the
            parent calls it with a function that waits there, and that returns in each child, with the environment,
            folder and descriptors of its launch. Without preloads nothing is forked, and launches are as ever.

    A fork server is a context manager. When it is closed, or its owner ends in whatever way, everything that it
    started is killed and `folder` is removed.

    Attributes:
        folder: scratch folder for the logs of what it starts.
    """

    def __init__(self, *commands: str, extra: Sequence[str] = (), within: Sequence[str] = ()) -> None:
        """Start the parent; it imports in the background, the first launch waits for it."""
        ours, theirs = socket.socketpair()
        self.commands = commands
        self._owner = os.getpid()
        self.folder = Path(tempfile.gettempdir(), f"foodcourt-{os.urandom(8).hex()}")
        self._log = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `close`
        argv = [
            sys.executable,
            "-P",
            "-m",
            "foodcourt.processes.server",
            str(theirs.fileno()),
            str(self._owner),
            str(self.folder),
            ",".join(commands),
            ",".join(extra),
            *within,
        ]
        with theirs:
            self._popen: subprocess.Popen[bytes] | None = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                cwd="/",
                env={
                    "PATH": os.environ.get("PATH", os.defpath),
                    "LANG": "C.UTF-8",
                    # aiohttp reads all of the system's when it is imported: a tenth of a second for nothing.
                    "SSL_CERT_FILE": os.devnull,
                },
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        # Only now that somebody is there who removes it, however this process ends.
        self.folder.mkdir(mode=0o700)
        self._requests = ours
        self._sandbox: Sandbox | None = None
        self._lock = threading.Lock()

    @classmethod
    def attach(cls, fd: int, folder: Path, sandbox: Sandbox | None = None) -> ForkServer:
        """Use a fork server that another process started and whose descriptor it handed to us.

        Args:
            fd: what `fileno` gave there.
            folder: existing folder for logs, the caller's to remove.
            sandbox: where to start programs.
        """
        self = object.__new__(cls)
        self.commands = ()
        self._owner = os.getpid()
        self._popen = None
        self.folder = folder
        self._requests = socket.socket(fileno=fd)
        self._sandbox = sandbox
        self._lock = threading.Lock()
        return self

    def fileno(self) -> int:
        """Give the descriptor to hand to a process that may start programs here too."""
        return self._requests.fileno()

    @property
    def alive(self) -> bool:
        """Whether the parent still runs, as far as this process can tell; a copy in a forked process is not."""
        return os.getpid() == self._owner and (self._popen is None or self._popen.poll() is None)

    def launch(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        log: Path,
        errors: Path | None = None,
        log_limit: int = 1 << 20,
        fds: Mapping[str, int] | None = None,
    ) -> Process:
        """Start a program.

        Args:
            argv: the program and its arguments.
            cwd: the folder it starts in.
            env: its whole environment.
            log: file that receives its output, replaced if it exists.
            errors: file that receives what it writes to stderr instead.
            log_limit: bytes after which a log is rotated once; older output is dropped.
            fds: further descriptors for the program: environment variable that tells it the number, to descriptor.

        Raises:
            FoodCourtError: the parent is gone or could not import its libraries.
            SandboxLost: what runs in the sandbox ended it, stopped what starts programs there, or takes all there is.
        """
        fds = fds or {}
        request = wire.Launch(
            tuple(argv), str(cwd), dict(env), str(log), log_limit, tuple(fds), str(errors) if errors else ""
        )
        sent = list(fds.values())
        if self._sandbox is not None:
            request = replace(request, sandbox=self._sandbox.terms())
            sent.insert(0, self._sandbox.pidfd)
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                with self._lock:
                    wire.send(self._requests, request.message(), [theirs.fileno(), *sent])
            except OSError as error:
                ours.close()
                raise self._lost() from error
        process = Process(ours)
        try:
            self._wait_started(process, argv[0])
        except FoodCourtError:
            ours.close()
            raise
        return process

    def _wait_started(self, process: Process, program: str) -> None:
        started = process.wait_started(math.inf if self._sandbox is None else _PATIENCE)
        if process.failure:
            raise FoodCourtError(
                f"expected {program} to start, but this machine did not let it: {process.failure}\n"
                "try: foodcourt doctor, which tells how much disk is free; then the same again"
            )
        if not started and (self._sandbox is None or self._gone()):
            raise self._lost()
        if self._sandbox is None:
            return
        if not (started or process.ended or process.held_up or self.crowded):
            # Nothing in there can be blamed: others have the cores.
            started = process.wait_started(_PATIENCE_WITH_THE_MACHINE - _PATIENCE)
            if not (started or process.ended):
                raise too_busy(f"{program} to start", _PATIENCE_WITH_THE_MACHINE)
        if not started:
            raise SandboxLost(f"{program} cannot be started among the programs that run already")

    @property
    def crowded(self) -> bool:
        """Whether what it started keeps the rest in the same sandbox waiting."""
        return self._sandbox is not None and self._sandbox.crowded

    def _gone(self) -> bool:
        """Whether the parent has ended: whatever it was starting has ended with it."""
        poller = select.poll()
        poller.register(self._requests, select.POLLIN)
        return bool(poller.poll(_SOON * 1000))

    def _lost(self) -> FoodCourtError:
        if self._popen is None:
            return FoodCourtError("the fork server is gone; start the command again")
        return FoodCourtError(
            "expected the fork server to start a program, but it is gone\n"
            f"its log:\n{os.pread(self._log.fileno(), 1 << 16, 0).decode(errors='replace')}\n"
            "try: foodcourt doctor"
        )

    def close(self) -> None:
        """End the parent and all that it started."""
        popen = self._popen if os.getpid() == self._owner else None
        if popen is not None:
            with contextlib.suppress(OSError):  # ends it also where another process holds a copy of the socket
                self._requests.shutdown(socket.SHUT_RDWR)
        self._requests.close()
        if popen is not None:
            try:
                popen.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                popen.kill()
                popen.wait()
            self._log.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> ForkServer:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


_shared: list[ForkServer] = []
_shared_lock = threading.Lock()


def shared_fork_server(program: str) -> ForkServer:
    """Give this process's own fork server for `program`, started when first needed and ended with the process."""
    commands = (program,) if program in PRELOADS else ()
    with _shared_lock:
        for server in _shared:
            if server.commands == commands and server.alive:
                return server
        _shared.append(ForkServer(*commands))
        return _shared[-1]


@atexit.register
def _close_shared() -> None:
    for server in _shared:
        server.close()
    _shared.clear()
