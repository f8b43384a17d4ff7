"""Whose uploads are which: what learning platforms exported, all of it looked at together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foodcourt.catalog import Exercise
from foodcourt.classroom.archives import is_archive
from foodcourt.classroom.exports import Upload
from foodcourt.classroom.finding import Finding
from foodcourt.classroom.naming import Naming
from foodcourt.classroom.roster import Roster

__all__ = ["Placed", "Uploads", "peek"]


@dataclass(frozen=True, slots=True)
class Placed:
    """An upload, and where it lies.

    Attributes:
        path: the folder or file.
        upload: what its name says.
        context: the exercise that it is of where its name tells none.
        under: the exercise of the folder that it lies in, by the name of that.
    """

    path: Path
    upload: Upload
    context: Exercise | None
    under: Exercise | None


class Uploads:
    """The uploads of a class."""

    def __init__(self, roster: Roster, naming: Naming) -> None:
        """Know of none yet."""
        self._roster = roster
        self._naming = naming
        self._all: list[Placed] = []

    def add(self, placed: Placed) -> None:
        """Add one."""
        self._all.append(placed)

    def by_learner(self) -> Iterator[tuple[str, Placed]]:
        """Give each, and whose it is: the roster's name of them, else the platform's, with its number if need be."""
        several = self.namesakes()
        for placed in self._all:
            yield self._learner(placed.upload, alone=placed.upload.name not in several), placed

    def exercise(self, placed: Placed) -> tuple[Exercise | None, str]:
        """Give the exercise that one is of, if anything tells; and why that is not sure, as a part of a sentence."""
        upload, under = placed.upload, placed.under
        loosely = placed.path.is_dir() or is_archive(upload.written)
        named = self._naming.exercise(upload.file, loosely=loosely)
        if named and under and named != under:
            return under, f"is called like {named.slug}, and lies where {under.slug} is expected"
        # Canvas adds a number to what is handed in again, and so did whoever wrote exercise-2.zip.
        written = self._naming.exercise(upload.written, loosely=loosely)
        if named or not written or not placed.context:
            return named or placed.context or written, ""
        doubt = f"may be of {written.slug}, by its name; rename it, or put it into a folder of its exercise"
        return placed.context, "" if written == placed.context or under else doubt

    def is_loose(self, placed: Placed) -> bool:
        """Whether it is a file of the exercise by itself, neither packed nor in a folder."""
        return not placed.path.is_dir() and not is_archive(placed.upload.file)

    def loose(self) -> Iterator[Finding]:
        """Put together the files that a learner uploaded one by one for an exercise; of one name the last counts."""
        found: dict[tuple[str, Exercise], list[tuple[int, str, Path]]] = defaultdict(list)
        late = set()
        for learner, placed in self.by_learner():
            upload = placed.upload
            exercise, _ = self.exercise(placed)
            if exercise is not None and upload.kind == "file" and self.is_loose(placed):
                found[learner, exercise].append((upload.file_number, upload.file, placed.path))
                if upload.late:
                    late.add((learner, exercise))
        for (learner, exercise), files in found.items():
            newest = {name: path for _, name, path in sorted(files)}
            yield Finding(
                learner,
                exercise,
                files[0][2],
                tuple(newest.items()),
                late=(learner, exercise) in late,
                rank=max(files)[0],
            )

    def namesakes(self) -> set[str]:
        """Give the names that several have: by the numbers that stay the same, or by those of one exercise."""
        numbers: dict[tuple[str, Exercise | None], set[str]] = defaultdict(set)
        for placed in self._all:
            upload = placed.upload
            for of in [None] if upload.lasting else self._exercises(placed):
                numbers[upload.name, of].add(upload.number)
        return {name for (name, _), found in numbers.items() if len(found) > 1}

    def _exercises(self, placed: Placed) -> set[Exercise | None]:
        """Give the exercises that one is of; where it is a folder, names in it tell."""
        inside = [] if placed.upload.file else peek(placed.path)
        named = {self._naming.exercise(path.name, loosely=True) for path in inside} - {None}
        return named or {self.exercise(placed)[0]}

    def _learner(self, upload: Upload, *, alone: bool) -> str:
        if found := self._roster.by_export(upload.name, upload.number if upload.lasting else "", alone=alone):
            return found.learner
        # Whom the roster does not tell for sure is not the one whose folder happens to be called so.
        unique = alone and upload.name not in {".", ".."} and self._roster.by_folder(upload.name) is None
        return upload.name if unique else f"{upload.name}_{upload.number}"


def peek(folder: Path) -> list[Path]:
    """List a folder that is looked into later, where it is told if it cannot be read."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []
