"""How long a program waited for a core: what a busy machine adds to its times, and is no fault of its own.

The kernel counts for each thread how long it was ready to run and had to wait:
https://docs.kernel.org/scheduler/sched-stats.html (`/proc/<pid>/task/<tid>/schedstat`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

__all__ = ["RunDelays", "run_delays", "starved"]

RunDelays = Mapping[int, float]
"""Seconds by the id of a thread."""


def run_delays(pid: int) -> RunDelays:
    """Give how long each thread of a process has waited for a core; nothing where the kernel does not count."""
    found = {}
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError, ValueError, IndexError):  # it ended meanwhile
                found[int(thread.name)] = int((thread / "schedstat").read_text().split()[1]) / 1e9
    return found


def starved(before: RunDelays, after: RunDelays, main: int) -> float:
    """Give the seconds that a request lost to waiting for a core.

    It goes through the main thread, and through one other where the work is done in threads. Others wait at the same
    time: counting them all would count the same seconds again and again, and excuse what is slow.

    Args:
        before: what `run_delays` gave before the request.
        after: and after it.
        main: id of the main thread.
    """
    grown = {thread: delay - before.get(thread, 0.0) for thread, delay in after.items()}
    return max(0.0, grown.pop(main, 0.0)) + max([0.0, *grown.values()])
