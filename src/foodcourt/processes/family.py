"""Which processes are below another, told by their parents alone.

psutil's own `children()` and `parent()` also compare when processes started, in seconds of a clock that may be set
between two of them: then they miss some that are there.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

__all__ = ["children"]


def children(pid: int, *, recursive: bool = False) -> list[psutil.Process]:
    """Find the children of a process, zombies included; none if there is no such process.

    Args:
        pid: the process id of the parent.
        recursive: find their children too, and so on.
    """
    import psutil  # rarely needed where this is imported, and not free to import

    by_parent: defaultdict[int, list[psutil.Process]] = defaultdict(list)
    for each in psutil.pids():
        with contextlib.suppress(psutil.Error):  # it ended, or belongs to somebody else
            process = psutil.Process(each)
            by_parent[process.ppid()].append(process)
    found = by_parent.pop(pid, [])
    if recursive:
        for process in found:  # which grows meanwhile
            found += by_parent.pop(process.pid, [])
    return found
