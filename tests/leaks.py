"""Finds what something under test left behind: processes and files that are certainly its own."""

import contextlib
import os
import time
from pathlib import Path

import psutil

FORK_SERVER = "foodcourt.processes.server"


def until(condition, within=3.0, what="it"):
    """Poll until `condition()` is true and give its value; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what} did not come about within {within:g} s"
        time.sleep(0.01)
    return value


def describe(processes):
    """Give a line for each process: pid, state and command."""
    lines = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            lines.append(f"{process.pid} {process.status()} {' '.join(process.cmdline())[:200]}")
    return "\n".join(lines)


def below(process=None, besides=()):
    """Give all processes below `process` (this one), but for its fork servers and the ids in `besides`."""
    process = process or psutil.Process()
    servers = {child.pid for child in process.children() if FORK_SERVER in _words(child)}
    return [c for c in process.children(recursive=True) if c.pid not in servers and c.pid not in besides]


def _words(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


class Marked:
    """A scratch folder whose name marks every process that was started with it as its TMPDIR.

    Start what is tested with `environment()`. Fork servers, keepers and forked programs then have its name in
    their arguments, and everything that was executed has it in its environment, daemons and orphans included.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def environment(self, **further):
        """Give this process's environment with the mark."""
        return {**os.environ, "TMPDIR": str(self.folder), **further}

    def processes(self):
        """Give every living process that has the mark."""
        return [process for process in psutil.process_iter() if self._has_mark(process)]

    def _has_mark(self, process):
        mark = str(self.folder)
        try:
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                return False
            return any(mark in word for word in process.cmdline()) or mark in process.environ().get("TMPDIR", "")
        except psutil.Error:  # ended meanwhile, or another user's
            return False

    def files(self):
        """Give what lies in the folder."""
        return sorted(self.folder.iterdir())

    def assert_no_process_left(self, within=3.0):
        """Fail, and name them, unless all marked processes are gone within so many seconds."""
        deadline = time.monotonic() + within
        while left := self.processes():
            assert time.monotonic() < deadline, f"left after {within:g} s:\n{describe(left)}"
            time.sleep(0.05)

    def kill(self):
        """Kill every marked process."""
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                process.kill()
