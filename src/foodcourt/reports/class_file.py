"""`OUT/class.json`: who is in the class, what was handed in, and where it lies. `foodcourt grade` writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from foodcourt.errors import ResultsDamaged
from foodcourt.reports.files import write_atomically
from foodcourt.reports.parsing import Damage, load_object, take, take_texts

__all__ = ["FILE_NAME", "UNPACKED", "ClassFile", "Entry", "Person"]

FILE_NAME = "class.json"
UNPACKED = "unpacked"
"""The folder beside it where archives were unpacked."""
_SCHEMA = 3


@dataclass(frozen=True, slots=True)
class Person:
    """What a class list says of a learner; hostile data, and empty where it says nothing.

    Attributes:
        name: as a person would write it.
        id: what the school's other systems know the learner by.
        email: an address, not looked at.
    """

    name: str = ""
    id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one learner handed in for one exercise.

    Attributes:
        learner: the name of the learner's folder.
        exercise: the exercise's slug.
        folder: where it lies; None where nothing was handed in.
        late: whether it came after the deadline.
        digest: SHA-256 of its content, in hexadecimal; empty where there is none.
        problem: why it could not be graded; empty if it could.
        root: the folder of the class that held it, absolute; None for the one that was looked through last.
        since: when a grader first found this there, in UTC, as ISO 8601; empty where that is not known.
    """

    learner: str
    exercise: str
    folder: Path | None
    late: bool = False
    digest: str = ""
    problem: str = ""
    root: Path | None = None
    since: str = ""


@dataclass(frozen=True, slots=True)
class ClassFile:
    """The class as it was when it was graded.

    Attributes:
        submissions: the folder of the class that was looked through last, absolute; None where that is not known.
        learners: what the class list says, by the name of the learner's folder.
        entries: what was handed in.
        due: for the exercises of which it was said, by their slugs, when work had to be there.
        notes: what was not understood or left out when an exercise was looked for last, by its slug, a sentence each.
    """

    submissions: Path | None = None
    learners: Mapping[str, Person] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    due: Mapping[str, datetime] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, out: Path) -> ClassFile:
        """Read `class.json` in `out`; an empty class where there is none.

        Raises:
            ResultsDamaged: it is there, but cannot be read, or is damaged.
        """
        path = out / FILE_NAME
        try:
            return _parse(load_object(path.read_bytes()), out.resolve())
        except FileNotFoundError:
            return cls()
        except (OSError, Damage) as error:
            raise ResultsDamaged(
                f"cannot use {path}: {error}\n"
                f"expected what foodcourt grade writes\nnext: rm {path} and grade again: "
                f"foodcourt grade DIR --out {out} --resume"
            ) from error

    def save(self, out: Path) -> Path:
        """Write it to `class.json` in `out`, whole or not at all, and give its path.

        What lies in `out` itself is named from there, so that the folder may be moved.

        Raises:
            OSError: it cannot be written.
        """
        above = out.resolve()
        content = {
            "schema": _SCHEMA,
            "submissions": "" if self.submissions is None else str(self.submissions),
            "learners": {
                learner: {"name": person.name, "id": person.id, "email": person.email}
                for learner, person in self.learners.items()
            },
            "entries": [
                {
                    "learner": entry.learner,
                    "exercise": entry.exercise,
                    "folder": _named(entry.folder, above),
                    "late": entry.late,
                    "digest": entry.digest,
                    "problem": entry.problem,
                    "root": "" if entry.root is None else str(entry.root),
                    "since": entry.since,
                }
                for entry in self.entries
            ],
            "due": {slug: moment.isoformat() for slug, moment in self.due.items()},
            "notes": {slug: list(notes) for slug, notes in self.notes.items()},
        }
        return write_atomically(out / FILE_NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _parse(table: dict[str, Any], out: Path) -> ClassFile:
    if table.get("schema") != _SCHEMA:
        raise Damage(f"it is of schema {table.get('schema')!r:.40}, and this foodcourt knows {_SCHEMA}")
    learners = {
        learner: Person(take(person, "name", str), take(person, "id", str), take(person, "email", str))
        for learner, person in take(table, "learners", dict).items()
    }
    entries = tuple(
        Entry(
            learner=take(entry, "learner", str),
            exercise=take(entry, "exercise", str),
            folder=_found(take(entry, "folder", str), out),
            late=take(entry, "late", bool),
            digest=take(entry, "digest", str),
            problem=take(entry, "problem", str),
            root=_path(take(entry, "root", str)),
            since=take(entry, "since", str),
        )
        for entry in take(table, "entries", list)
    )
    told = take(table, "due", dict)
    due = {slug: _moment(take(told, slug, str)) for slug in told}
    told = take(table, "notes", dict)
    notes = {slug: tuple(take_texts(told, slug)) for slug in told}
    return ClassFile(_path(take(table, "submissions", str)), MappingProxyType(learners), entries, due, notes)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Damage(f"expected moments such as 2026-01-31T12:00:00 under 'due': {error}") from error


def _named(folder: Path | None, out: Path) -> str:
    unpacked = folder is not None and folder.is_relative_to(out / UNPACKED)
    return "" if folder is None else str(folder.relative_to(out) if unpacked else folder)


def _found(text: str, out: Path) -> Path | None:
    folder = _path(text)
    return out / folder if folder is not None and folder.parts[0] == UNPACKED else folder


def _path(text: str) -> Path | None:
    return Path(text) if text else None
