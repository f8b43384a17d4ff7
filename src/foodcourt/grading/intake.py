"""Taking a submission in: what may be graded at all, and the copy that is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from foodcourt.catalog import Exercise
from foodcourt.errors import UsageError

__all__ = ["copy_submission", "look_at"]

_LEFT_OUT = {".git", ".venv", "venv", "env", "node_modules", "__pycache__", ".ipynb_checkpoints", ".pytest_cache"}
_FILE_LIMIT = 2_000
_BYTE_LIMIT = 50 << 20


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
        there = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise UsageError(f"cannot read the folder {folder}: {error.strerror}\ntry: ls -ld {folder}") from error
    if not there:
        raise UsageError(f"{folder} is empty; it should hold {wanted}\ntry: cp -r {exercise.starter}/. {folder}")
    if not any(name in there for name in exercise.files):
        shown = ", ".join(there[:8]) + (", …" if len(there) > 8 else "")
        raise UsageError(f"{folder} holds none of {wanted}, but {shown}\ntry: {again}")


def copy_submission(folder: Path, into: Path) -> None:
    """Copy the regular files below `folder`; links and special files stay behind, and so do environments and caches.

    Raises:
        UsageError: there are more than 2,000 files or 50 MiB.
    """
    files = size = 0
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if name not in _LEFT_OUT and not (Path(here) / name).is_symlink()]
        target = into / Path(here).relative_to(folder)
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            data = _read_regular(Path(here) / name, _BYTE_LIMIT - size)
            if data is None:
                continue
            files, size = files + 1, size + len(data)
            if files > _FILE_LIMIT or size >= _BYTE_LIMIT:
                raise UsageError(
                    f"{folder} holds more than {_FILE_LIMIT:,} files or {_BYTE_LIMIT >> 20} MiB\n"
                    "try: move what does not belong to the exercise out of the folder"
                )
            (target / name).write_bytes(data)


def _read_regular(path: Path, limit: int) -> bytes | None:
    """Read a file that is neither a link nor anything special, even if it is being swapped under our hands."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read(limit + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
