"""How long a program waited for a core: what a busy machine adds to its times, and is no fault of its own.

The kernel counts for each thread how long it was ready to run and had to wait:
https://docs.kernel.org/scheduler/sched-stats.html (`/proc/<pid>/task/<tid>/schedstat`).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from foodcourt.errors import FoodCourtError
from foodcourt.processes.family import children

__all__ = ["Share", "family_time", "run_time", "starved", "too_busy", "waited"]


@dataclass(frozen=True, slots=True)
class Share:
    """What a program had of this machine's cores, until a moment.

    Attributes:
        threads: by the id of each of its threads: seconds that it had a core, and that it waited for one. Nothing
            where the kernel does not count.
    """

    threads: Mapping[int, tuple[float, float]]

    @classmethod
    def of(cls, pid: int) -> Share:
        """Look at a process."""
        return cls(dict(_threads(pid)))

    @property
    def together(self) -> float:
        """Seconds that its threads had a core, added up."""
        return sum(ran for ran, _ in self.threads.values())


def run_time(pid: int) -> float:
    """Give how long the threads of a process had a core, in seconds; 0 where the kernel does not count."""
    return Share.of(pid).together


def family_time(pid: int) -> float:
    """Give how long what a program has started had a core since then, in seconds; what has left it included.

    Args:
        pid: the program, whose parent keeps it, and whatever it leaves behind.
    """
    import psutil  # rarely needed, and not free to import

    had = 0.0
    with contextlib.suppress(psutil.Error):
        keeper = psutil.Process(psutil.Process(pid).ppid())
        for process in (keeper, *children(keeper.pid, recursive=True)):
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                had += times.children_user + times.children_system
                had += times.user + times.system if process.pid not in {pid, keeper.pid} else 0.0
    return had


def _threads(pid: int) -> Iterator[tuple[int, tuple[float, float]]]:
    """Give the seconds that each thread had a core, and that it waited for one."""
    # Without pathlib, which would take most of the time: this is asked twice for each request.
    tasks = f"/proc/{pid}/task"
    with contextlib.suppress(OSError):
        for thread in os.listdir(tasks):  # noqa: PTH208
            with contextlib.suppress(OSError, ValueError), open(f"{tasks}/{thread}/schedstat", "rb") as file:  # noqa: PTH123
                ran, waited, _ = file.read().split()
                yield int(thread), (int(ran) / 1e9, int(waited) / 1e9)


def starved(before: Share, after: Share, main: int) -> float:
    """Give the seconds that a request lost because other programs had the cores.

    It goes through the main thread, and through one other where the work is done in threads. Others wait at the same
    time: counting them all would count the same seconds again and again, and excuse what is slow. While a thread
    waited for others of its program, those ran: so much of its waiting is no matter of a busy machine.

    Args:
        before: what the program had before the request.
        after: and after it.
        main: id of the main thread.
    """
    ours = max(0.0, after.together - before.together)
    first, others = _grown(before, after, main)
    return max(0.0, first[1] - max(0.0, ours - first[0])) + max([0.0, *(wait - ours for _, wait in others)])


def waited(before: Share, after: Share, main: int) -> float:
    """Give the seconds that a request waited for a core, whoever had it; see `starved`."""
    first, others = _grown(before, after, main)
    return first[1] + max([0.0, *(wait for _, wait in others)])


def _grown(before: Share, after: Share, main: int) -> tuple[tuple[float, float], list[tuple[float, float]]]:
    """Give by how much what the main thread had has grown, and the same of each other."""
    nothing = (0.0, 0.0)
    grown = {}
    for thread, (ran, wait) in after.threads.items():
        ran_before, wait_before = before.threads.get(thread, nothing)
        grown[thread] = (max(0.0, ran - ran_before), max(0.0, wait - wait_before))
    return grown.pop(main, nothing), list(grown.values())


def too_busy(what: str, seconds: float) -> FoodCourtError:
    """Make the error that says of what was expected within so many seconds that it got no core for that."""
    return FoodCourtError(
        f"expected {what} within {seconds:g} s, but this machine is too busy\n"
        "try: the same again when less is going on; a class with fewer --jobs"
    )
