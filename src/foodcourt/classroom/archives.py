"""Unpacking what learners hand in as a zip archive, without trusting a word of what it says about itself.

Sizes are counted while reading, as a header may lie, and so may a directory that lists the same bytes many times
(Fifield, A better zip bomb, WOOT 2019). Nothing is ever written through a link, as no link is ever made.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import struct
import time
import zipfile
import zlib
from pathlib import Path

from foodcourt.errors import UsageError
from foodcourt.grading.intake import BYTE_LIMIT, DEPTH_LIMIT, FILE_LIMIT, LEFT_OUT

__all__ = ["JUNK", "is_archive", "unpack"]

JUNK = LEFT_OUT | {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}
"""What systems and tools leave behind: not graded, and not worth a word."""

_OTHER_ARCHIVES = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zst")
_RATIO_LIMIT = 100
"""Source code packs to a tenth or so; what grows more than a hundredfold is something else."""
_RATIO_FREE = 1 << 20
"""Bytes up to which the ratio does not matter: a small file of one letter packs very well."""
_LIST_LIMIT = 4 << 20
"""Bytes of an archive's table of contents: some 30,000 files, environments and caches among them."""
_CHUNK = 1 << 16
_TIMESTAMP = 0x5455
"""The extra field that holds a file's time in UTC (Info-ZIP, extrafld.txt)."""
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises on damaged and forged archives; and OSError (EINVAL), where one sends it before the start."""

_OURS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.EIO}
"""What is no fault of an archive."""


def is_archive(name: str) -> bool:
    """Tell by its name whether a file is an archive of any kind."""
    return name.lower().endswith((".zip", *_OTHER_ARCHIVES))


def unpack(archive: Path, into: Path) -> None:
    """Unpack a zip archive into a folder that is not there yet, and leave no folder behind when that fails.

    Environments, caches and what systems leave behind stay packed. Files keep the time of their last change.

    Raises:
        UsageError: it is no zip archive, damaged, encrypted, too large, or holds what no submission may hold. The
            message is a sentence without its subject.
        OSError: the folder cannot be written, whatever the archive holds.
    """
    if not archive.name.lower().endswith(".zip"):
        raise UsageError("is an archive of a kind that is not read; ask for a .zip")
    into.mkdir(parents=True)
    try:
        with _Bounded(archive) as file, zipfile.ZipFile(file) as opened:
            _unpack(opened, into, file.size)
    except BaseException as error:
        shutil.rmtree(into)
        if isinstance(error, _DAMAGE) or (isinstance(error, OSError) and error.errno == errno.EINVAL):
            reason = str(error)[:100]
            raise UsageError(f"is damaged, or no zip archive ({reason}); ask for it again") from error
        if isinstance(error, OSError) and error.errno not in _OURS:
            raise UsageError(f"cannot be unpacked: {error.strerror}") from error
        raise


class _Bounded:
    """A file that is never read in pieces so large that they fill the memory.

    `zipfile` reads the table of contents in one piece, of whatever length the archive says.
    """

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        self._file = os.fdopen(descriptor, "rb")
        status = os.fstat(descriptor)
        self.size = status.st_size
        self.seek, self.tell, self.seekable = self._file.seek, self._file.tell, self._file.seekable
        if not stat.S_ISREG(status.st_mode):
            self._file.close()
            raise UsageError("is no file")

    def read(self, size: int = -1) -> bytes:
        left = max(self.size - self.tell(), 0)
        if (left if size < 0 else min(size, left)) > _LIST_LIMIT:
            raise UsageError("lists far too many files; pack the exercise alone")
        return self._file.read(size)

    def __enter__(self) -> _Bounded:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


class _Budget:
    """Counts what comes out of an archive, and stops it when it is too much."""

    def __init__(self, packed: int) -> None:
        self._packed = packed
        self._bytes = self._files = 0

    def take(self, data: bytes) -> bytes:
        self._bytes += len(data)
        if self._bytes > BYTE_LIMIT:
            raise UsageError(f"holds more than {BYTE_LIMIT >> 20} MiB; pack the exercise alone")
        if self._bytes > max(_RATIO_FREE, _RATIO_LIMIT * self._packed):
            raise UsageError(f"unpacks to more than {_RATIO_LIMIT} times its size, which source code never does")
        return data

    def take_file(self) -> None:
        self._files += 1
        if self._files > FILE_LIMIT:
            raise UsageError(f"holds more than {FILE_LIMIT:,} files and folders; pack the exercise alone")


def _unpack(archive: zipfile.ZipFile, into: Path, packed: int) -> None:
    budget = _Budget(packed)
    members = []
    taken: dict[tuple[str, ...], bool] = {}
    for member in archive.infolist():
        parts = _parts(member)
        if parts and not JUNK.intersection(parts) and not parts[-1].startswith("._"):
            budget.take_file()
            _see_that_it_may_be(member, parts, taken)
            members.append((member, parts))
    for member, parts in members:
        target = into.joinpath(*parts)
        if _is_folder(member):
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(archive, member, target, budget)


def _parts(member: zipfile.ZipInfo) -> tuple[str, ...]:
    """Give the parts of a member's path, none of which leads out of the folder it is unpacked into."""
    # As it was packed: `filename` ends at a NUL. Some programs for Windows write its separator, against the format.
    name = member.orig_filename.replace("\\", "/")
    parts = tuple(part for part in name.split("/") if part not in {"", "."})
    if name.startswith("/") or ".." in parts or "\0" in name or re.match("[A-Za-z]:", name):
        raise UsageError(f"holds {_told(member.orig_filename)}, a path that leads out of it; ask for it packed anew")
    if len(parts) > DEPTH_LIMIT:
        raise UsageError(f"holds folders more than {DEPTH_LIMIT} deep; pack the exercise alone")
    return parts


def _is_folder(member: zipfile.ZipInfo) -> bool:
    return member.orig_filename.endswith(("/", "\\"))


def _see_that_it_may_be(member: zipfile.ZipInfo, parts: tuple[str, ...], taken: dict[tuple[str, ...], bool]) -> None:
    """See that a member is an ordinary file or folder, and does not stand where another one stands.

    Args:
        member: the member.
        parts: its path.
        taken: the paths before it, and whether they are folders; this one is added.
    """
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        what = "link" if kind == stat.S_IFLNK else "special file"
        raise UsageError(f"holds the {what} {_told('/'.join(parts))}; pack files and folders only")
    if member.flag_bits & 1:
        raise UsageError("is encrypted; ask for it without a password")
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        # Others may ask for gigabytes before the first byte comes out: LZMA's window is the archive's to choose.
        raise UsageError("is packed with a method that is not read; ask for an ordinary .zip")
    above = [parts[:depth] for depth in range(1, len(parts))]
    twice = parts in taken and not (taken[parts] and _is_folder(member))
    if twice or not all(taken.setdefault(folder, True) for folder in above):
        raise UsageError(f"holds {_told('/'.join(parts))} twice; ask for it packed anew")
    taken[parts] = _is_folder(member)


def _write(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, budget: _Budget) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "wb") as file, archive.open(member) as packed:
        while data := packed.read(_CHUNK):
            file.write(budget.take(data))
    modified = _modified(member)
    os.utime(target, (modified, modified))


def _modified(member: zipfile.ZipInfo) -> float:
    """Give the time of a member's last change in seconds since 1970; 0 where it says none.

    The time that every archive holds is that of the clock on the wall where it was packed; it is taken for ours.
    """
    extra = member.extra
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == _TIMESTAMP and length >= 5 and extra[4] & 1:
            return float(struct.unpack("<i", extra[5:9])[0])
        extra = extra[4 + length :]
    try:
        return time.mktime((*member.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return 0.0


def _told(name: str) -> str:
    return repr(name if len(name) <= 80 else f"{name[:79]}…")
