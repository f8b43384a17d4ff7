"""The log file of a service: written by its keeper, read and followed by its owner while it grows."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["LogWriter", "follow", "last_lines", "log_size", "read_log"]

_LINE_LIMIT = 2_000
_ROTATION_SECONDS = 5.0
"""Far more than a rotation takes, also where its process has to wait for a core."""


class LogWriter:
    """A log file of bounded size: when it is full it becomes `<name>.1`, and a new one begins.

    Attributes:
        total: bytes of output so far, whether they are still kept or not.
    """

    def __init__(self, folder: int, name: str, limit: int) -> None:
        """Begin a new log.

        Args:
            folder: descriptor of the folder that it lies in; closed with it.
            name: of the file.
            limit: the size of each of its two files, in bytes.

        Raises:
            OSError: it cannot be written.
        """
        self._folder = folder
        self._name = name
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


def read_log(path: Path, mark: int = 0) -> str:
    """Give all output that is kept, what was rotated away first, then the current file.

    Args:
        path: the log.
        mark: bytes to leave out, which `log_size` gave before; none where there is less than that by now.
    """
    parts = []
    for part in _files(path):
        with contextlib.suppress(FileNotFoundError), open(part, "rb") as file:  # noqa: PTH123
            parts.append(file.read())
    kept = b"".join(parts)
    return kept[mark if mark <= len(kept) else 0 :].decode("utf-8", "replace")


def log_size(path: Path) -> int:
    """Give the bytes of output that are kept."""
    size = 0
    for part in _files(path):
        with contextlib.suppress(FileNotFoundError):
            size += os.stat(part).st_size  # noqa: PTH116
    return size


def _files(path: Path) -> tuple[str, str]:
    return f"{path}.1", str(path)


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
