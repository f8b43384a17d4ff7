"""The owner's side of the fork server: start one, ask it for programs, end it."""

from __future__ import annotations

import atexit
import contextlib
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
from pathlib import Path

from foodcourt.errors import FoodCourtError
from foodcourt.processes import wire
from foodcourt.processes.preloads import PRELOADS

__all__ = ["ForkServer", "Process", "shared_fork_server"]


class Process:
    """A program that a fork server started; it dies when this object's socket closes, however that comes about."""

    def __init__(self, control: socket.socket, pid: int) -> None:
        """Hold the owner's end of the control socket of the program `pid`."""
        self._control = control
        self._lines = wire.Lines(control)
        self._lock = threading.Lock()
        self.pid = pid
        self.exit_status: int | None = None
        self.orphans = 0
        """How many processes the program left behind when it ended; they were killed."""

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait up to `timeout` seconds (None: for ever) for the end; the exit status, or None while it runs."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.exit_status is None:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            with self._lock:
                if self.exit_status is None and select.select([self._control], [], [], left)[0]:
                    self._receive()
            if left == 0.0:
                break
        return self.exit_status

    def _receive(self) -> None:
        messages = self._lines.receive()
        if messages is None:  # the keeper was killed, and the program with it
            self.exit_status = -signal.SIGKILL
            return
        for message in messages:
            if "exited" in message:
                self.exit_status = message["exited"]
                self.orphans = message["orphans"]

    def signal(self, number: int, *, kill_after: float | None = None) -> None:
        """Send a signal; with `kill_after`, SIGKILL follows after so many seconds if the program still runs."""
        message: dict[str, float] = {"signal": number}
        if kill_after is not None:
            message["kill_after"] = kill_after
        with contextlib.suppress(OSError):
            wire.send(self._control, message)

    def close(self) -> None:
        """Let go: whatever is left of the program and its children is killed."""
        self._control.close()


class ForkServer:
    """Starts programs, forked from a parent that imported their libraries where `command` names such a program.

    Args:
        command: one of `PRELOADS`, or None for programs that are only ever executed.

    A fork server is a context manager. When it is closed, or its owner ends in whatever way, everything that it
    started is killed and `folder` is removed.

    Attributes:
        folder: scratch folder for the logs of what it starts.
    """

    def __init__(self, command: str | None = None) -> None:
        """Start the parent; it imports in the background, the first launch waits for it."""
        ours, theirs = socket.socketpair()
        self.folder = Path(tempfile.mkdtemp(prefix="foodcourt-"))
        argv = [
            sys.executable,
            "-I",
            "-m",
            "foodcourt.processes.server",
            str(theirs.fileno()),
            str(self.folder),
        ]
        with theirs, (self.folder / "forkserver.log").open("wb") as log:
            self._popen: subprocess.Popen[bytes] | None = subprocess.Popen(
                argv if command is None else [*argv, command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._requests = ours
        self._lock = threading.Lock()

    @classmethod
    def attach(cls, fd: int, folder: Path) -> ForkServer:
        """Use a fork server that another process started and whose descriptor it handed to us.

        Args:
            fd: what `fileno` gave there.
            folder: existing folder for logs, the caller's to remove.
        """
        self = object.__new__(cls)
        self._popen = None
        self.folder = folder
        self._requests = socket.socket(fileno=fd)
        self._lock = threading.Lock()
        return self

    def fileno(self) -> int:
        """Give the descriptor to hand to a process that may start programs here too."""
        return self._requests.fileno()

    @property
    def alive(self) -> bool:
        """Whether the parent still runs, as far as this process can tell."""
        return self._popen is None or self._popen.poll() is None

    def launch(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        log: Path,
        log_limit: int = 1 << 20,
        fds: Mapping[str, int] | None = None,
    ) -> Process:
        """Start a program.

        Args:
            argv: the program and its arguments.
            cwd: the folder it starts in.
            env: its whole environment.
            log: file that receives its output, replaced if it exists.
            log_limit: bytes after which the log is rotated once; older output is dropped.
            fds: further descriptors for the program: environment variable that tells it the number, to descriptor.

        Raises:
            FoodCourtError: the parent is gone or could not import its libraries.
        """
        fds = fds or {}
        request = wire.Launch(tuple(argv), str(cwd), dict(env), str(log), log_limit, tuple(fds))
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                with self._lock:
                    wire.send(self._requests, request.message(), [theirs.fileno(), *fds.values()])
            except OSError as error:
                ours.close()
                raise self._lost() from error
        messages = wire.Lines(ours).receive()
        if messages is None:
            ours.close()
            raise self._lost()
        return Process(ours, next(messages)["pid"])

    def _lost(self) -> FoodCourtError:
        if self._popen is None:
            return FoodCourtError("the fork server is gone; start the command again")
        return FoodCourtError(
            "expected the fork server to start a program, but it is gone\n"
            f"its log:\n{self._log()}\n"
            "try: foodcourt doctor"
        )

    def _log(self) -> str:
        try:
            return (self.folder / "forkserver.log").read_text(errors="replace")
        except OSError as error:
            return str(error)

    def close(self) -> None:
        """End the parent and all that it started."""
        self._requests.close()
        if self._popen is not None:
            try:
                self._popen.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait()
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> ForkServer:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


_shared: dict[str | None, ForkServer] = {}
_shared_lock = threading.Lock()


def shared_fork_server(program: str) -> ForkServer:
    """Give this process's own fork server for `program`, started when first needed and ended with the process."""
    command = program if program in PRELOADS else None
    with _shared_lock:
        server = _shared.get(command)
        if server is None or not server.alive:
            server = _shared[command] = ForkServer(command)
    return server


@atexit.register
def _close_shared() -> None:
    for server in _shared.values():
        server.close()
    _shared.clear()
