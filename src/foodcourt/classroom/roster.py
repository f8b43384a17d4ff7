"""The roster of a class: who should have handed in work, from a CSV file as spreadsheets write it."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from foodcourt.errors import UsageError

__all__ = ["Learner", "Roster", "read_roster"]

_COLUMNS = ("learner", "name", "id", "email")
_SIZE_LIMIT = 4 << 20
_EXAMPLE = "it should begin like this:\n  learner,name,id,email\n  alice,Alice Smith,12345,alice@example.org"


@dataclass(frozen=True, slots=True)
class Learner:
    """One learner of a class.

    Attributes:
        learner: the name of their folder; what they are called everywhere.
        name: their full name, or empty.
        id: their number at the school or on the learning platform, or empty.
        email: their address, or empty.
    """

    learner: str
    name: str = ""
    id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """Finds learners by whatever a folder or a learning platform calls them."""

    learners: tuple[Learner, ...] = ()

    def by_folder(self, folder: str) -> Learner | None:
        """Find the learner whose folder it is. Two spellings of the same letters are the same name."""
        wanted = unicodedata.normalize("NFC", folder)
        return _only(one for one in self.learners if unicodedata.normalize("NFC", one.learner) == wanted)

    def by_export(self, name: str, number: str = "", *, alone: bool = True) -> Learner | None:
        """Find the learner whom a learning platform calls so: by their name, if one fits alone.

        A number tells apart those of one name, and finds those whose name the roster does not say. It never stands
        against a name: what the platform counts its users by may be the school's number of somebody else.

        Args:
            name: `Alice Smith`, or `smithalice` as Canvas writes it.
            number: the platform's number of the learner, or empty.
            alone: whether nobody else there has that name; otherwise, only a number tells them apart.
        """
        named = [one for one in self.learners if _letters(name) in _spellings(one.name) | {_letters(one.learner)}]
        numbered = [one for one in named or self.learners if number and one.id == number and (named or not one.name)]
        return _only(numbered) or (_only(named) if alone else None)


def read_roster(path: Path) -> Roster:
    """Read a roster: a header with the columns learner (needed), name, id and email, in any order, and a line each.

    Commas, semicolons and tabs are taken, and so are the encodings in which spreadsheets save: UTF-8, with
    or without a byte order mark, UTF-16 with one, and Windows-1252.

    Raises:
        UsageError: it cannot be read, or holds a learner twice or one whose name cannot be a folder's.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(f"cannot read the roster {path}: {error.strerror}\ntry: ls -l {path}") from error
    if len(data) > _SIZE_LIMIT:
        raise UsageError(f"the roster {path} is larger than {_SIZE_LIMIT >> 20} MiB; {_EXAMPLE}")
    try:
        learners = tuple(_learners(_decode(data)))
    except (UsageError, csv.Error, UnicodeError) as error:
        raise UsageError(f"the roster {path} cannot be used: {error}; {_EXAMPLE}") from error
    return Roster(learners)


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")  # what a spreadsheet on Windows calls CSV


def _learners(text: str) -> Iterable[Learner]:
    lines = list(io.StringIO(text, newline=""))
    if lines and re.fullmatch(r"sep=.\s*", lines[0]):  # a hint to Excel
        del lines[0]
    columns, delimiter = _header(lines[0] if lines else "")
    seen: dict[str, int] = {}
    rows = csv.reader(lines, delimiter=delimiter)
    next(rows)
    for row in rows:
        values = dict(zip(columns, (value.strip() for value in row), strict=False))
        if not any(values.values()):
            continue
        found = Learner(*(values.get(column, "") for column in _COLUMNS))
        _see_that_it_can_be_a_folder(found.learner, rows.line_num)
        if before := seen.setdefault(found.learner, rows.line_num) - rows.line_num:
            raise UsageError(f"line {rows.line_num} has the learner of line {rows.line_num + before} again")
        yield found


def _header(line: str) -> tuple[list[str], str]:
    for delimiter in ",;\t":
        columns = [column.strip().lower() for column in next(csv.reader([line], delimiter=delimiter), [])]
        if "learner" in columns:
            twice = [column for column, times in Counter(columns).items() if times > 1 and column in _COLUMNS]
            if twice:
                raise UsageError(f"it has two columns named {twice[0]}")
            return columns, delimiter
    raise UsageError("its first line names no column learner")


def _see_that_it_can_be_a_folder(name: str, line: int) -> None:
    if not name or name in {".", ".."} or "/" in name or "\0" in name:
        raise UsageError(f"line {line} has {name[:80]!r} for a learner, which cannot be the name of a folder")


def _only(found: Iterable[Learner]) -> Learner | None:
    learners = tuple(found)
    return learners[0] if len(learners) == 1 else None


def _letters(name: str) -> str:
    """Leave of a name what a learning platform leaves of it: letters and digits."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", name).casefold())


def _spellings(name: str) -> set[str]:
    """Give a full name's letters in the orders in which it is written: `Alice Smith`, `Smith, Alice`."""
    words = name.split()
    return {_letters("".join(words[turn:] + words[:turn])) for turn in range(len(words))} - {""}
