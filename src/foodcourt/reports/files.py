"""Files that are whole or not there: whoever reads one never sees half of it, even after a power cut."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["naming", "write_atomically"]


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Have what cannot be written named by the error: on a full disk (ENOSPC) it names nothing by itself.

    Raises:
        OSError: the same, with a name in it.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def write_atomically(path: Path, text: str | Iterable[str]) -> Path:
    """Write a text file as UTF-8: into a file beside it, onto the disk, then under its name; its folder is made.

    What is long is best given in pieces, of which one at a time is held.

    Half of a surrogate pair, which UTF-8 cannot hold, is written as its escape, such as `\\ud800`: in JSON that is
    the same character. Line breaks are written as they are.

    Raises:
        OSError: it cannot be written; what stood there before is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not named after the file: its name may be as long as names can be.
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with naming(path), beside.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.writelines([text] if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    # The new name is on disk only when its folder is (fsync(2)).
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path
