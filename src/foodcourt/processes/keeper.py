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
import traceback
from collections.abc import Mapping
from typing import NoReturn

from foodcourt.processes import wire
from foodcourt.processes.family import children
from foodcourt.processes.logs import LogWriter

__all__ = ["adopt_orphans", "die_with_parent", "drain", "ended_children", "kill_children", "reap", "run"]

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_CHUNK = 1 << 16
_GRACE = 1.0
"""Seconds in which what a program started may end after it."""
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


def ended_children() -> int:
    """Give a descriptor that becomes readable when a child ends."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def drain(fd: int) -> None:
    """Read away what `ended_children` gave."""
    with contextlib.suppress(BlockingIOError):
        os.read(fd, _CHUNK)


def reap() -> dict[int, int]:
    """Collect the children that have ended; gives their exit statuses by process id."""
    ended = {}
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            ended[pid] = os.waitstatus_to_exitcode(status)
    return ended


def has_children() -> bool:
    """Collect the children that have ended, and tell whether any is left."""
    reap()
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def kill_children(spare: set[int] | None = None, timeout: float = 5.0) -> int:
    """Kill and reap everything below this process.

    Killing a child hands its own children to us, so killing direct children until none is left takes the tree.
    Where orphans are not adopted (macOS), what left its parent before is out of reach.

    Args:
        spare: process ids of children to leave alone; those that have ended are taken out of it.
        timeout: seconds after which a tree that grows faster than it is killed is given up.

    Returns:
        How many processes were killed.
    """
    spare = set() if spare is None else spare
    killed: set[int] = set()  # a process can take a while to die, and is then killed again
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        spare.difference_update(reap())
        try:
            spare.discard(os.waitpid(-1, os.WNOHANG)[0])
        except ChildProcessError:
            break
        import psutil  # rarely needed, and not free to import

        victims = [child for child in children(os.getpid(), recursive=not _LINUX) if child.pid not in spare]
        if not victims:
            break
        for child in victims:
            with contextlib.suppress(psutil.Error):
                if child.status() != psutil.STATUS_ZOMBIE:
                    child.kill()
                    killed.add(child.pid)
        time.sleep(0.002)
    return len(killed)


class _Keeper:
    def __init__(self, control: socket.socket, main: int, logs: Mapping[int, LogWriter]) -> None:
        self._control = control
        self._lines = wire.Lines(control)
        self._main = main
        self._logs = logs
        self._deadline: float | None = None
        self._children = ended_children()
        for fd in logs:
            os.set_blocking(fd, False)

    def keep(self) -> None:
        """Serve the program until it ended or its owner is gone."""
        poller = select.poll()
        for fd in (self._control.fileno(), *self._logs, self._children):
            poller.register(fd, select.POLLIN)
        while (status := reap().get(self._main)) is None:
            wait = None if self._deadline is None else max(0.0, self._deadline - time.monotonic()) * 1000 + 1
            ready = {fd for fd, _ in poller.poll(wait)}
            for output in ready & self._logs.keys():
                if not self._pump(output):
                    poller.unregister(output)
            if self._children in ready:
                drain(self._children)
            if self._control.fileno() in ready and not self._obey():
                return
            if self._deadline is not None and time.monotonic() >= self._deadline:
                os.kill(self._main, signal.SIGKILL)
                self._deadline = None
        self._finish(status)

    def _pump(self, output: int) -> bool:
        """Move output to its log; False when the program closed it."""
        log = self._logs[output]
        try:
            data = os.read(output, _CHUNK)
        except BlockingIOError:
            return True
        if data:
            log.write(data)
        if log.flooded:
            time.sleep(0.005)  # backpressure: the pipe fills and the program waits
        return bool(data)

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

    def _await_others(self) -> None:
        """Wait a moment for what the program started to end by itself, unless the owner wants an end of it all.

        What only waits for the program's end, as a resource tracker of multiprocessing does, ends just after it.
        """
        poller = select.poll()
        poller.register(self._children, select.POLLIN)
        poller.register(self._control, select.POLLIN)
        deadline = time.monotonic() + _GRACE
        while has_children() and (left := deadline - time.monotonic()) > 0:
            if self._control.fileno() in {fd for fd, _ in poller.poll(left * 1000 + 1)}:
                break
            drain(self._children)

    def _finish(self, status: int) -> None:
        if status != -signal.SIGKILL:  # who is killed leaves no word for others to end
            self._await_others()
        if not _LINUX:  # the orphans are not ours, but those that stayed in the program's group can be found
            with contextlib.suppress(OSError):
                os.killpg(self._main, signal.SIGKILL)
        orphans = kill_children()
        for output, log in self._logs.items():
            for _ in range(64):  # what is still in the pipe; bounded, a flood never ends
                try:
                    data = os.read(output, _CHUNK)
                except BlockingIOError:
                    break
                if not data:
                    break
                log.write(data)
        with contextlib.suppress(OSError):
            wire.send(self._control, {"exited": status, "orphans": orphans})


def run(control: socket.socket, main: int, logs: Mapping[int, LogWriter], *, inside: bool) -> NoReturn:
    """Keep a program, and then end this process.

    Args:
        control: the keeper's end of the control socket.
        main: the program's process id.
        logs: where to write what comes from which descriptor.
        inside: whether `main` counts in a sandbox only, so that the owner has to be told otherwise who it is.
    """
    try:
        keeper = _Keeper(control, main, logs)
        try:
            wire.send(control, {"pid": main}, [os.pidfd_open(main)] if inside else ())
        except OSError as error:  # the owner is gone, or the kernel has too many descriptors under way
            with contextlib.suppress(OSError):
                wire.send(control, {"failed": str(error)})
        else:
            keeper.keep()
    except Exception:  # noqa: BLE001 - the program must not outlive its keeper
        traceback.print_exc()  # goes to the fork server's log
    finally:
        kill_children()
        os._exit(0)
