"""How long a program waited for a core: what a busy machine adds to its times, and is no fault of its own.

The kernel counts for each thread how long it was ready to run and had to wait:
https://docs.kernel.org/scheduler/sched-stats.html (`/proc/<pid>/task/<tid>/schedstat`).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping

from foodcourt.errors import FoodCourtError

__all__ = ["RunDelays", "run_delays", "run_time", "starved", "too_busy"]

RunDelays = Mapping[int, float]
"""Seconds by the id of a thread."""


def run_delays(pid: int) -> RunDelays:
    """Give how long each thread of a process has waited for a core; nothing where the kernel does not count."""
    return {thread: waited for thread, (_, waited) in _threads(pid)}


def run_time(pid: int) -> float:
    """Give how long the threads of a process had a core, in seconds; 0 where the kernel does not count."""
    return sum(ran for _, (ran, _) in _threads(pid))


def _threads(pid: int) -> Iterator[tuple[int, tuple[float, float]]]:
    """Give the seconds that each thread had a core, and that it waited for one."""
    # Without pathlib, which would take most of the time: this is asked twice for each request.
    tasks = f"/proc/{pid}/task"
    with contextlib.suppress(OSError):
        for thread in os.listdir(tasks):  # noqa: PTH208
            with contextlib.suppress(OSError, ValueError), open(f"{tasks}/{thread}/schedstat", "rb") as file:  # noqa: PTH123
                ran, waited, _ = file.read().split()
                yield int(thread), (int(ran) / 1e9, int(waited) / 1e9)


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


def too_busy(what: str, seconds: float) -> FoodCourtError:
    """Make the error that says of what was expected within so many seconds that it got no core for that."""
    return FoodCourtError(
        f"expected {what} within {seconds:g} s, but this machine is too busy\n"
        "try: the same again when less is going on; a class with fewer --jobs"
    )
