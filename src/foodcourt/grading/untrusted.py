"""Reading what learners' programs may have written, without following where they would like us to look."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

__all__ = ["read_untrusted"]


def read_untrusted(root: Path, *parts: str, limit: int) -> bytes:
    """Read a regular file below a folder of ours, at most `limit` bytes; no link is followed below `root`.

    Raises:
        OSError: there is no such file, or a link is in the way.
        ValueError: it is no regular file, or longer.
    """
    with contextlib.ExitStack() as opened:
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        opened.callback(os.close, folder)
        for part in parts[:-1]:
            folder = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            opened.callback(os.close, folder)
        # Not blocking: who opens a pipe waits for somebody at its other end.
        descriptor = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        file = opened.enter_context(os.fdopen(descriptor, "rb"))
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError(f"{parts[-1]} is no regular file")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"{parts[-1]} has more than {limit:,} bytes")
    return data
