"""A started program, as its owner has it."""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import socket
import threading
import time
from pathlib import Path

from foodcourt.processes import wire

__all__ = ["Process"]

_PATIENCE = 10.0
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
