"""Taking a submission in: what may be graded at all, the copy that is, and its fingerprint."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from foodcourt.catalog import Exercise
from foodcourt.errors import GraderError, UsageError

__all__ = [
    "BYTE_LIMIT",
    "DEPTH_LIMIT",
    "FILE_LIMIT",
    "LEFT_OUT",
    "Piece",
    "copy_submission",
    "digest_of",
    "look_at",
    "pieces",
    "read_regular",
    "see_unchanged",
    "what_is_wrong",
]

LEFT_OUT = frozenset(
    {".git", ".venv", "venv", "env", "node_modules", "__pycache__", ".ipynb_checkpoints", ".pytest_cache"}
)
"""Folders that are never graded, wherever they lie in a submission."""
FILE_LIMIT = 2_000
BYTE_LIMIT = 50 << 20
_TOO_MUCH = f"holds more than {FILE_LIMIT:,} files and folders or {BYTE_LIMIT >> 20} MiB"
DEPTH_LIMIT = 20
_NO_FILE = {errno.ELOOP, errno.ENOENT, errno.ENXIO, errno.ENODEV}
"""What opening says of a link, of what is gone, and of sockets and devices."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file or folder of what is graded.

    Attributes:
        path: where it lies, relative to the submission's folder.
        data: the file's content; None for a folder.
        modified: when it was last changed, in seconds since 1970.
    """

    path: Path
    data: bytes | None
    modified: float


def look_at(folder: Path, exercise: Exercise) -> None:
    """See that `folder` can be a submission of `exercise`.

    Raises:
        UsageError: it is missing, no folder, empty, or holds none of the exercise's files; the message ends with the
            next command to type.
    """
    again = f"foodcourt check ex{exercise.number} --submission DIR"
    wanted = ", ".join(exercise.files)
    if not folder.exists():
        raise UsageError(
            f"there is no folder {folder}; it should hold {wanted}\ntry: ls {folder.parent}\nthen: {again}"
        )
    if not folder.is_dir():
        raise UsageError(
            f"{folder} is a file; expected the folder that holds {wanted}\n"
            f"try: foodcourt check ex{exercise.number} --submission {folder.parent}"
        )
    try:
        wrong = what_is_wrong(folder, exercise)
    except OSError as error:
        raise UsageError(f"cannot read the folder {folder}: {error.strerror}\ntry: ls -ld {folder}") from error
    if wrong.startswith("is empty"):
        raise UsageError(f"{folder} {wrong}\ntry: cp -r {exercise.starter}/. {folder}")
    if wrong:
        raise UsageError(f"{folder} {wrong}\ntry: {again}")


def what_is_wrong(folder: Path, exercise: Exercise) -> str:
    """Say why a folder cannot be a submission of an exercise, as a sentence without its subject; empty if it can.

    Raises:
        OSError: it cannot be read.
    """
    there = sorted(path.name for path in folder.iterdir())
    wanted = ", ".join(exercise.files)
    if not there:
        return f"is empty; it should hold {wanted}"
    if any(name in there for name in exercise.files):
        return ""
    return f"holds none of {wanted}, but {', '.join(there[:8])}{', …' if len(there) > 8 else ''}"


def pieces(folder: Path) -> Iterator[Piece]:
    """Give what is graded below `folder`: regular files and folders.

    Links and special files stay behind, and so do environments and caches.

    Raises:
        UsageError: there are more than 2,000 files and folders or 50 MiB, or folders more than 20 deep; a sentence
            without its subject.
        OSError: a file or folder cannot be read.
    """
    count = size = 0
    for here, folders, names in os.walk(folder, followlinks=False, onerror=_raise):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not (Path(here) / name).is_symlink()]
        where = Path(here).relative_to(folder)
        if len(where.parts) > DEPTH_LIMIT:
            raise UsageError(f"holds folders more than {DEPTH_LIMIT} deep")
        count += len(folders)
        if count > FILE_LIMIT:
            raise UsageError(_TOO_MUCH)
        yield Piece(where, None, 0.0)
        for name in names:
            found = read_regular(Path(here) / name, BYTE_LIMIT - size)
            if found is None:
                continue
            data, modified = found
            count, size = count + 1, size + len(data)
            if count > FILE_LIMIT or size >= BYTE_LIMIT:
                raise UsageError(_TOO_MUCH)
            yield Piece(where / name, data, modified)


def _raise(error: OSError) -> None:
    raise error


def copy_submission(folder: Path, into: Path, digest: str | None = None) -> None:
    """Copy what is graded below `folder`.

    Args:
        folder: where it lies.
        into: where to; made when needed.
        digest: what `digest_of` gave for it before, if that is known.

    Raises:
        UsageError: there is too much of it (see `pieces`), or it cannot be read or copied.
        GraderError: it is no longer what the digest stands for.
    """
    try:
        see_unchanged(_copied(folder, into), digest)
    except UsageError as error:
        hint = "try: move what does not belong to the exercise out of the folder"
        raise UsageError(f"{folder} {error}\n{hint}") from error
    except OSError as error:
        where = error.filename or folder
        raise UsageError(f"cannot copy {folder}: {error.strerror}: {where}\ntry: ls -ld {where}") from error


def _copied(folder: Path, into: Path) -> Iterator[Piece]:
    for piece in pieces(folder):
        if piece.data is None:
            (into / piece.path).mkdir(parents=True, exist_ok=True)
        else:
            (into / piece.path).write_bytes(piece.data)
        yield piece


def see_unchanged(found: Iterable[Piece], digest: str | None) -> None:
    """See that what is graded still is what its digest stands for, if that is known.

    Raises:
        GraderError: it is something else by now.
        UsageError: there is too much of it (see `pieces`).
        OSError: a file or folder cannot be read.
    """
    now, _ = digest_of(found)
    if digest not in {None, now}:
        raise GraderError(
            "expected the files that lay there when the class was looked through, but they have changed since\n"
            "try: the same command with --resume"
        )


def digest_of(found: Iterable[Piece]) -> tuple[str, float]:
    """Fingerprint what is graded: the same for two submissions of which no check could tell one from the other.

    Returns:
        The SHA-256 over the sorted paths and contents, as hexadecimal digits, and when the newest file was changed,
        in seconds since 1970 (0 if there is none).

    Raises:
        UsageError: there is too much of it (see `pieces`).
        OSError: a file or folder cannot be read.
    """
    newest = 0.0
    lines = []
    for piece in found:
        content = b"/" if piece.data is None else hashlib.sha256(piece.data).hexdigest().encode()
        # A NUL cannot be part of a name, so no name can pass for the end of another.
        lines.append(os.fsencode(piece.path) + b"\0" + content + b"\0")
        newest = max(newest, piece.modified)
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest(), newest


def read_regular(path: Path, limit: int) -> tuple[bytes, float] | None:
    """Read a file that is neither a link nor anything special, even if it is being swapped under our hands.

    Returns:
        Its first `limit` bytes and one more, and when it was last changed; None if there is no such file.

    Raises:
        OSError: there is one, and it cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in _NO_FILE:
            return None
        raise
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        return (file.read(limit + 1), status.st_mtime) if stat.S_ISREG(status.st_mode) else None
