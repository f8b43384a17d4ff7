"""How long programs waited for a core: what a busy machine adds to their times, and is no fault of theirs."""

from __future__ import annotations

import contextlib
from pathlib import Path

__all__ = ["run_delay"]


def run_delay(*pids: int) -> float:
    """Give the seconds that all threads of these processes have been ready to run but waited for a core, so far.

    The kernel counts them: https://docs.kernel.org/scheduler/sched-stats.html (`/proc/<pid>/schedstat`). 0.0 where it
    does not (macOS, and kernels built without).
    """
    nanoseconds = 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError, IndexError):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(OSError):  # it ended meanwhile
                    nanoseconds += int((thread / "schedstat").read_text().split()[1])
    return nanoseconds / 1e9
