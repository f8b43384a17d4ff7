"""The owner's side of the fork server: start one, ask it for programs, end it."""

from __future__ import annotations

import atexit
import contextlib
import math
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from foodcourt.errors import FoodCourtError, SandboxLost
from foodcourt.processes import inside, wire
from foodcourt.processes.inside import Inside, not_let
from foodcourt.processes.preloads import PRELOADS
from foodcourt.processes.process import Process
from foodcourt.processes.sandbox import Sandbox
from foodcourt.processes.starvation import too_busy

__all__ = ["ForkServer", "shared_fork_server"]

_PATIENCE = 10.0
_SOON = 0.2
"""Seconds within which the sockets of a process that was killed have all been closed."""


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
        self._inside: Inside | None = None
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
        self._inside = None if sandbox is None else Inside(self._requests, sandbox)
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
        logs = [log] if errors is None else [log, errors]
        names = tuple(path.name for path in logs)
        request = wire.Launch(tuple(argv), str(cwd), dict(env), names, log_limit, tuple(fds))
        ours, theirs = socket.socketpair()
        try:
            with theirs, _folders(logs, argv[0]) as folders:
                self._ask(request, [theirs.fileno(), *folders, *fds.values()])
            process = Process(ours)
            self._wait_started(process, argv[0])
        except BaseException:
            ours.close()
            raise
        return process

    def _ask(self, request: wire.Launch, fds: Sequence[int]) -> None:
        try:
            with self._lock:
                if self._inside is None:
                    wire.send(self._requests, request.message(), fds)
                else:
                    self._inside.ask(request, fds)
        except (OSError, SandboxLost) as error:
            if isinstance(error, SandboxLost) and not self._gone():
                raise
            raise self._lost() from error

    def _wait_started(self, process: Process, program: str) -> None:
        started = process.wait_started(math.inf if self._inside is None else _PATIENCE)
        if process.failure:
            raise not_let(f"{program} to start", process.failure)
        if not started and (self._inside is None or self._gone()):
            raise self._lost()
        if self._inside is None:
            return
        if not (started or process.ended or self._inside.held_up or self.crowded):
            # Nothing in there can be blamed: others have the cores.
            started = process.wait_started(inside.PATIENCE - _PATIENCE)
            if not (started or process.ended):
                raise too_busy(f"{program} to start", inside.PATIENCE)
        if not started:
            raise SandboxLost(f"{program} cannot be started among the programs that run already")

    @property
    def crowded(self) -> bool:
        """Whether what it started keeps the rest in the same sandbox waiting."""
        return self._inside is not None and self._inside.crowded

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
        if self._inside is not None:
            self._inside.close()
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


@contextlib.contextmanager
def _folders(files: Sequence[Path], program: str) -> Iterator[list[int]]:
    """Open the folders of files.

    Raises:
        FoodCourtError: one of them cannot be opened, so that `program` cannot start.
    """
    with contextlib.ExitStack() as stack:
        opened = []
        for file in files:
            try:
                opened.append(os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY))
            except OSError as error:
                raise not_let(f"{program} to start", str(error)) from error
            stack.callback(os.close, opened[-1])
        yield opened


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
