"""The files below a learner's folder, as far as they may be read: no link is followed, nothing outside is opened.

Whoever handed them in may have put anything there; and may still be changing it. So folders are opened one below the
other and never by a path again (the race is CWE-367).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from foodcourt.grading.intake import LEFT_OUT

__all__ = ["FILES_SHOWN", "File", "Folder", "read_folder"]

FILES_SHOWN = 60
_FILES_LISTED = 500
_DEEPEST = 8
_ENTRIES_SEEN = 5_000
_BYTES_A_FILE = 100_000
_BYTES_IN_ALL = 1_500_000
_AS_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_AS_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class File:
    """One file of a submission.

    Attributes:
        name: its path below the folder, with slashes; hostile data.
        size: bytes; 0 for what is no file.
        text: what it holds, with line breaks as `\\n`; None where that is not shown.
        note: why it is not shown, or not as it is; empty for an ordinary text.
    """

    name: str
    size: int
    text: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that was read.

    Attributes:
        files: sorted by name.
        problem: why there are none, or not all of them; empty when all is well.
    """

    files: tuple[File, ...]
    problem: str = ""


def read_folder(root: Path, folder: Path) -> Folder:
    """Read the files below `folder`, up to a number and size.

    Args:
        root: the folder that holds the whole class, which the instructor named.
        folder: the submission's, below `root`; a relative path is taken from there.
    """
    inside = Path(os.path.relpath(root / folder, root))
    if ".." in inside.parts:
        return Folder((), f"the folder {folder} lies outside of {root}, so it is not read")
    try:
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        return Folder((), f"the folder of the class {root} cannot be opened: {error.strerror}")
    try:
        for part in inside.parts:
            try:
                below = os.open(part, _AS_FOLDER, dir_fd=descriptor)
            except OSError:
                return Folder(
                    (), f"the folder {root / inside} is gone, is no folder, or is a link; it was there once"
                )
            os.close(descriptor)
            descriptor = below
        return _Reading().read(descriptor)
    finally:
        os.close(descriptor)


class _Reading:
    def __init__(self) -> None:
        self._left = _BYTES_IN_ALL
        self._shown = 0
        self._entries = _ENTRIES_SEEN
        self._whole = True

    def read(self, descriptor: int) -> Folder:
        files: list[File] = []
        for file in self._walk(descriptor, "", 0):
            if len(files) == _FILES_LISTED:
                return Folder(tuple(sorted(files, key=_order)), f"only {_FILES_LISTED} files are listed; it has more")
            files.append(file)
        problem = "" if self._whole else f"not all is listed: it is deeper than {_DEEPEST} folders, or has too many"
        return Folder(tuple(sorted(files, key=_order)), problem)

    def _walk(self, descriptor: int, prefix: str, depth: int) -> Iterator[File]:
        with os.scandir(descriptor) as entries:
            names = sorted(entry.name for entry in islice(entries, self._entries + 1))
        if len(names) > self._entries:
            self._whole = False
            names = names[: self._entries]
        self._entries -= len(names)
        for name in names:
            try:
                # Before it is opened: opening a device may have effects.
                mode = os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode
                if stat.S_ISDIR(mode):
                    if name not in LEFT_OUT:
                        yield from self._descend(descriptor, name, f"{prefix}{name}/", depth + 1)
                elif stat.S_ISREG(mode):
                    yield self._file(descriptor, name, prefix + name)
                else:
                    note = "a link, which is not followed" if stat.S_ISLNK(mode) else "no ordinary file"
                    yield File(prefix + name, 0, None, note)
            except OSError as error:
                yield File(prefix + name, 0, None, f"cannot be read: {error.strerror}")

    def _descend(self, descriptor: int, name: str, prefix: str, depth: int) -> Iterator[File]:
        if depth > _DEEPEST:
            self._whole = False
            return
        below = os.open(name, _AS_FOLDER, dir_fd=descriptor)
        try:
            yield from self._walk(below, prefix, depth)
        finally:
            os.close(below)

    def _file(self, descriptor: int, name: str, path: str) -> File:
        opened = os.open(name, _AS_FILE, dir_fd=descriptor)
        with os.fdopen(opened, "rb") as file:
            found = os.fstat(opened)
            if not stat.S_ISREG(found.st_mode):
                return File(path, 0, None, "no ordinary file")
            if self._shown == FILES_SHOWN or self._left <= 0:
                return File(path, found.st_size, None, "not shown: there are too many files, or too large ones")
            data = file.read(min(_BYTES_A_FILE, self._left) + 1)
        self._shown += 1
        self._left -= len(data)
        return _as_text(path, found.st_size, data)


def _as_text(path: str, size: int, data: bytes) -> File:
    if b"\0" in data:
        return File(path, size, None, "binary: not shown")
    notes = []
    if len(data) > _BYTES_A_FILE or len(data) < size:
        data = data[:_BYTES_A_FILE]
        notes.append(f"only the first {len(data):,} bytes are shown")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = data.decode("utf-8-sig", "replace")
        # What was cut in the middle of a character is no fault of the file's.
        if not notes or error.start < len(data) - 4:
            notes.append("not UTF-8: what cannot be read is shown as \N{REPLACEMENT CHARACTER}")
    return File(path, size, text.replace("\r\n", "\n").replace("\r", "\n"), "; ".join(notes))


def _order(file: File) -> tuple[int, str]:
    return file.name.count("/"), file.name
