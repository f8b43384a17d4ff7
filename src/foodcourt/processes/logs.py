"""The log file of a service: written by its keeper, read and followed by its owner while it grows."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["LogWriter", "follow", "last_lines", "read_log"]

_LINE_LIMIT = 2_000
_ROTATION_SECONDS = 5.0
"""Far more than a rotation takes, also where its process has to wait for a core."""


class LogWriter:
    """A log file of bounded size: when it is full it becomes `<name>.1`, and a new one begins.

    Attributes:
        total: bytes of output so far, whether they are still kept or not.
    """

    def __init__(self, path: Path | str, limit: int) -> None:
        """Begin a new log; `limit` is the size of each of its two files, in bytes."""
        folder, self._name = os.path.split(path)
        # By descriptor: whoever writes the log may have another view of the file system by then.
        self._folder = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY)
        self._limit = limit
        self._size = 0
        self.total = 0
        # New files rather than emptied ones: whoever follows the log of an earlier run can tell.
        for old in (self._name, f"{self._name}.1"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(old, dir_fd=self._folder)
        self._file = self._open()

    def _open(self) -> BinaryIO:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        return os.fdopen(os.open(self._name, flags, 0o600, dir_fd=self._folder), "wb", buffering=0)

    def write(self, data: bytes) -> None:
        """Append output."""
        self.total += len(data)
        with contextlib.suppress(OSError):  # a full disk costs output, not the service
            self._write(data)

    def _write(self, data: bytes) -> None:
        if self._size + len(data) > self._limit:
            os.replace(self._name, f"{self._name}.1", src_dir_fd=self._folder, dst_dir_fd=self._folder)
            full, self._file = self._file, self._open()
            full.close()
            self._size = 0
        self._file.write(data)
        self._size += len(data)

    @property
    def flooded(self) -> bool:
        """Whether more came than is kept."""
        return self.total > 2 * self._limit

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        os.close(self._folder)


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
    file = _open_current(path)
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
                file = _open_current(path)
                continue
            if not alive:
                break
            time.sleep(0.02)
    finally:
        file.close()
    if rest:
        yield rest.decode("utf-8", "replace")


def _open_current(path: Path) -> BinaryIO:
    """Open the log; for a moment in the middle of a rotation there is none of that name."""
    deadline = time.monotonic() + _ROTATION_SECONDS
    while True:
        try:
            return path.open("rb")
        except FileNotFoundError:
            if time.monotonic() >= deadline:
                raise
        time.sleep(0.001)


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:  # between the two steps of a rotation
        return None
