"""Reading the log file of a service while it grows."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["follow", "last_lines", "read_log"]

_LINE_LIMIT = 2_000


def read_log(path: Path) -> str:
    """Give all output that is kept: what was rotated away first, then the current file."""
    parts = []
    for part in (Path(f"{path}.1"), path):
        try:
            parts.append(part.read_bytes())
        except FileNotFoundError:
            continue
    return b"".join(parts).decode("utf-8", "replace")


def last_lines(text: str, count: int) -> str:
    """Give the last `count` lines, each cut to 2,000 characters."""
    return "\n".join(line[:_LINE_LIMIT] for line in text.splitlines()[-count:])


def follow(path: Path, running: Callable[[], bool]) -> Iterator[str]:
    """Give each complete line as it is written, without its line break, until `running()` is false.

    A log that is rotated meanwhile is followed into the new file.
    """
    rest = b""
    file = path.open("rb")
    try:
        while True:
            # Asked before reading: what is read afterwards is the last that there is.
            alive, rotated = running(), _inode(path) not in (None, os.fstat(file.fileno()).st_ino)
            chunk = file.read(1 << 16)
            if chunk:
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    yield line.decode("utf-8", "replace")
                continue
            if rotated:
                file.close()
                file = path.open("rb")
                continue
            if not alive:
                break
            time.sleep(0.02)
    finally:
        file.close()
    if rest:
        yield rest.decode("utf-8", "replace")


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:  # between the two steps of a rotation
        return None
