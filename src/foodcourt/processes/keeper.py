"""Keeps one started program: writes its log, reports its end, and takes its whole tree down.

A keeper is forked by the fork server and forks the program itself. It is the *subreaper* of everything the program
starts (prctl(2), PR_SET_CHILD_SUBREAPER), so that a grandchild which made itself a session of its own is still ours
to find and kill. It lives as long as the other end of its control socket is open.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import NoReturn

from foodcourt.processes import wire

__all__ = ["adopt_orphans", "die_with_parent", "kill_children", "run"]

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_CHUNK = 1 << 16
_LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None)


def adopt_orphans() -> None:
    """Become the parent of every orphan below this process (Linux; elsewhere nothing happens)."""
    if _LINUX:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends (Linux; elsewhere nothing happens)."""
    if _LINUX:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def kill_children(timeout: float = 5.0) -> int:
    """Kill and reap everything below this process.

    Killing a child hands its own children to us, so killing direct children until none is left takes the tree.

    Args:
        timeout: seconds after which a tree that grows faster than it is killed is given up.

    Returns:
        How many processes were killed.
    """
    killed = 0
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            break
        import psutil  # rarely needed, and not free to import

        for child in psutil.Process().children(recursive=not _LINUX):
            with contextlib.suppress(psutil.NoSuchProcess):
                if child.status() != psutil.STATUS_ZOMBIE:
                    child.kill()
                    killed += 1
        time.sleep(0.002)
    return killed


class _Log:
    """A log file of bounded size: when it is full it becomes `<name>.1`, and a new one begins."""

    def __init__(self, path: str, limit: int) -> None:
        self._path = Path(path)
        self._limit = limit
        self._size = 0
        self.total = 0
        self._file = self._path.open("wb", buffering=0)

    def write(self, data: bytes) -> None:
        if self._size + len(data) > self._limit:
            self._file.close()
            self._path.replace(f"{self._path}.1")
            self._file = self._path.open("wb", buffering=0)
            self._size = 0
        self._file.write(data)
        self._size += len(data)
        self.total += len(data)

    @property
    def flooded(self) -> bool:
        """Whether more came than is kept: from then on the program is slowed down."""
        return self.total > 2 * self._limit


class _Keeper:
    def __init__(self, launch: wire.Launch, control: socket.socket, main: int, output: int) -> None:
        self._control = control
        self._lines = wire.Lines(control)
        self._main = main
        self._output = output
        self._log = _Log(launch.log, launch.log_limit)
        self._deadline: float | None = None
        self._wakeup, writer = os.pipe()
        os.set_blocking(self._wakeup, False)
        os.set_blocking(writer, False)
        os.set_blocking(output, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(writer)

    def keep(self) -> None:
        """Serve the program until it ended or its owner is gone."""
        poller = select.poll()
        for fd in (self._control.fileno(), self._output, self._wakeup):
            poller.register(fd, select.POLLIN)
        while True:
            wait = 1000 if self._deadline is None else max(0.0, self._deadline - time.monotonic()) * 1000 + 1
            ready = {fd for fd, _ in poller.poll(wait)}
            if self._output in ready and not self._pump():
                poller.unregister(self._output)
            if self._wakeup in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wakeup, _CHUNK)
            status = self._reap()
            if status is not None:
                self._finish(status)
                return
            if self._control.fileno() in ready and not self._obey():
                kill_children()
                return
            if self._deadline is not None and time.monotonic() >= self._deadline:
                os.kill(self._main, signal.SIGKILL)
                self._deadline = None

    def _pump(self) -> bool:
        """Move output to the log; False when the program closed it."""
        try:
            data = os.read(self._output, _CHUNK)
        except BlockingIOError:
            return True
        if data:
            self._log.write(data)
        if self._log.flooded:
            time.sleep(0.005)  # backpressure: the pipe fills and the program waits
        return bool(data)

    def _reap(self) -> int | None:
        """Collect ended children; the program's exit status once it is among them."""
        found: int | None = None
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                if pid == self._main:
                    found = os.waitstatus_to_exitcode(status)
        return found

    def _obey(self) -> bool:
        """Carry out what the owner asks; False when the owner is gone."""
        messages = self._lines.receive()
        if messages is None:
            return False
        for message in messages:
            if "signal" in message:
                os.kill(self._main, message["signal"])
            if "kill_after" in message:
                self._deadline = time.monotonic() + message["kill_after"]
        return True

    def _finish(self, status: int) -> None:
        orphans = kill_children()
        for _ in range(64):  # what is still in the pipe; bounded, a flood never ends
            try:
                data = os.read(self._output, _CHUNK)
            except BlockingIOError:
                break
            if not data:
                break
            self._log.write(data)
        with contextlib.suppress(OSError):
            wire.send(self._control, {"exited": status, "orphans": orphans})


def run(launch: wire.Launch, control: socket.socket, main: int, output: int) -> NoReturn:
    """Keep the program `main`, whose output comes from the descriptor `output`, and then end this process."""
    adopt_orphans()
    with contextlib.suppress(OSError):
        wire.send(control, {"pid": main})
    try:
        _Keeper(launch, control, main, output).keep()
    finally:
        kill_children()
        os._exit(0)
