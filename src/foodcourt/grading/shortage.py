"""What this machine has run out of, so that a failure may be no fault of the work that is graded."""

from __future__ import annotations

import errno
import os
import select

__all__ = ["shortage"]


def shortage() -> str:
    """Say what programs of this user cannot have any more, whoever has it all; empty if nothing is known to lack.

    Places in epoll's lists are counted for a user, and no group of processes has a share of its own: a submission can
    take them all, and then no service beside it can so much as listen (epoll(7), `/proc/sys/fs/epoll`).
    """
    if not hasattr(select, "epoll"):
        return ""
    opened: tuple[int, ...] = ()
    try:
        opened = os.pipe()
        with select.epoll() as epoll:
            epoll.register(opened[0])
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return "epoll has no place left for this user (fs.epoll.max_user_watches), as some program has them all"
        return f"nothing more can be opened: {error.strerror}"
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return ""
