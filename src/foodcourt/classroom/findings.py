"""Finding whose work lies where in a folder that holds a class.

Learners' folders and what Canvas and Moodle export are taken, side by side. Nothing is opened here, and no link is
followed: only names are read.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from foodcourt.catalog import Exercise, find_exercise
from foodcourt.classroom.archives import JUNK, is_archive
from foodcourt.classroom.exports import Upload, read_canvas, read_moodle
from foodcourt.classroom.roster import Roster
from foodcourt.errors import UsageError
from foodcourt.grading.intake import what_is_wrong

__all__ = ["Finding", "Search", "inner_folder", "told"]

_DEPTH = 4
"""So many folders that hold nothing but a folder are looked into."""
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """Work of one learner on one exercise, as it lies there.

    Attributes:
        learner: whose it is.
        exercise: what it is of.
        path: a folder, an archive, or the first of several files.
        files: name and path of each file, where they were uploaded one by one.
        late: whether the learning platform says that it came late.
        rank: of several, the highest is graded.
        problem: why it cannot be looked at, as a sentence without its subject, or empty.
    """

    learner: str
    exercise: Exercise
    path: Path
    files: tuple[tuple[str, Path], ...] = ()
    late: bool = False
    rank: int = 0
    problem: str = ""


class Search:
    """Looks through the folder of a class.

    Attributes:
        findings: what is there, several of a learner and an exercise among them.
        learners: everybody who has a folder or an upload, with work in it or not.
        problems: what was not understood, a sentence each.
    """

    def __init__(self, exercises: Sequence[Exercise], roster: Roster, skip: Iterable[Path] = ()) -> None:
        """Look for work on `exercises`; pass over what is in `skip`, and the folders that hold it."""
        self.findings: list[Finding] = []
        self.learners: set[str] = set()
        self.problems: list[str] = []
        self._wanted = tuple(exercises)
        self._roster = roster
        self._skip = tuple(path.resolve() for path in skip)
        self._known: dict[str, Exercise | None] = {}

    def look_into(self, folder: Path, context: Exercise | None = None) -> None:
        """Look through what lies beside each other: learners' folders, and what platforms exported.

        Args:
            folder: where.
            context: the exercise that an upload is of whose name tells none.
        """
        uploads: list[tuple[Path, Upload]] = []
        for path in self._list(folder):
            if path.name in JUNK or any(skip.is_relative_to(folder.resolve() / path.name) for skip in self._skip):
                continue
            with self._telling(path):
                if upload := self._look_at(path, context):
                    uploads.append((path, upload))
        self._take_uploads(uploads, context)

    def _look_at(self, path: Path, context: Exercise | None) -> Upload | None:
        """Look at one of those that lie beside each other; give it back if it is an upload, to be taken later."""
        moodle = read_moodle(path.name)
        upload = moodle or read_canvas(path.name)
        if path.is_symlink():
            self._tell(path, "is a link, and links are not followed")
        elif path.name.startswith(".") and moodle is None:
            if path.is_dir():
                self._tell(path, "is hidden, and was left out")
        elif path.is_dir() and (upload is None or (moodle is None and self._holds_exercises(path))):
            self._look_into_folder(path, context)
        elif upload is not None:
            return upload
        elif is_archive(path.name):
            self._tell(path, "is an archive that tells no learner's name; unpack it first")
        else:
            self._tell(path, "lies beside the learners' folders, and was left out")
        return None

    def _look_into_folder(self, path: Path, context: Exercise | None) -> None:
        """Look into a folder that no platform named: a learner's, or a download of one exercise."""
        exercise = self._exercise(path.name)
        if exercise is None or self._holds_exercises(path):
            found = self._roster.by_folder(path.name)
            self._look_into_learner(found.learner if found else path.name, path, context)
        elif any(read_moodle(child.name) or read_canvas(child.name) for child in self._list(path)):
            if exercise in self._wanted:
                self.look_into(path, exercise)
        else:
            self._tell(path, "is named like an exercise; expected a learner's folder with the exercises in it")

    def _look_into_learner(self, learner: str, folder: Path, context: Exercise | None) -> None:
        self.learners.add(learner)
        try:
            self._look_for_exercises(learner, folder, context)
        except OSError as error:  # whatever it holds may be their work: it is not missing
            found = {finding.exercise for finding in self.findings if finding.learner == learner}
            for exercise in self._wanted if context is None else [context]:
                if exercise not in found:
                    problem = f"cannot be read: {error.strerror}"
                    self.findings.append(Finding(learner, exercise, folder, problem=problem))

    def _look_for_exercises(self, learner: str, folder: Path, context: Exercise | None, depth: int = 0) -> None:
        found = sorted(folder.iterdir())
        children = [path for path in found if path.name not in JUNK and not path.name.startswith(".")]
        rest = []
        seen = False
        for path in children:
            if (exercise := self._exercise(path.name)) is None:
                rest.append(path)
                continue
            seen = True
            problem = "is a link, and links are not followed" if path.is_symlink() else ""
            if not problem and not path.is_dir() and not is_archive(path.name):
                problem = "is a file; expected the folder of the exercise, or a .zip"
            if exercise in self._wanted:
                rank = 1 if path.is_dir() else 0
                self.findings.append(Finding(learner, exercise, path, rank=rank, problem=problem))
        archives = [path for path in rest if is_archive(path.name)]
        folders = [path for path in rest if path.is_dir() and not path.is_symlink()]
        if seen:
            self._tell_rest(folder, rest)
        elif context is not None:
            # Everything in it is of this exercise, packed or not.
            whole = archives[0] if len(archives) == 1 and not folders else folder
            self.findings.append(Finding(learner, context, whole))
        elif len(folders) == 1 and depth < _DEPTH:
            self._look_for_exercises(learner, folders[0], context, depth + 1)
        else:
            self._tell(folder, "holds none of the exercises; expected folders such as ex1, or ex1.zip")

    def _take_uploads(self, uploads: list[tuple[Path, Upload]], context: Exercise | None) -> None:
        numbers: dict[str, set[str]] = defaultdict(set)
        for _, upload in uploads:
            numbers[upload.name].add(upload.number)
        loose: dict[tuple[str, Exercise], list[tuple[int, str, Path]]] = defaultdict(list)
        late = set()
        for path, upload in uploads:
            learner = self._learner(upload, alone=len(numbers[upload.name]) == 1)
            self.learners.add(learner)
            exercise = self._exercise(upload.file) or context
            if upload.late:
                late.add(learner)
            if upload.kind != "file":
                self._tell(path, "holds no files, and was left out")
            elif path.is_dir() and not upload.file:
                self._look_into_learner(learner, path, context)
            elif exercise is None:
                self._tell(path, "tells no exercise; grade the exercises one by one, or name it like ex1.zip")
            elif exercise not in self._wanted:
                continue
            elif path.is_dir() or is_archive(path.name):
                rank = upload.file_number
                self.findings.append(Finding(learner, exercise, path, late=upload.late, rank=rank))
            else:
                loose[learner, exercise].append((upload.file_number, upload.file, path))
        for (learner, exercise), files in loose.items():
            newest = {name: path for _, name, path in sorted(files)}
            first = Finding(learner, exercise, files[0][2], tuple(newest.items()), rank=max(files)[0])
            self.findings.append(replace(first, late=learner in late))

    def _learner(self, upload: Upload, alone: bool) -> str:
        """Give the name of a folder for whoever a platform names: the roster's, else the platform's."""
        if found := self._roster.by_export(upload.name, upload.number):
            return found.learner
        unique = alone and upload.name not in {".", ".."}
        return upload.name if unique else f"{upload.name}_{upload.number}"

    def _exercise(self, name: str) -> Exercise | None:
        """Tell which exercise a folder, an archive or an upload is of, by its name."""
        if name not in self._known:
            stem = re.sub(r"( \(\d+\))?(\.tar)?\.\w+$", "", name) if is_archive(name) else name
            inside = re.findall(r"(?<![^\W_])ex[ _-]?(\d+)(?!\d)", name, re.IGNORECASE) if is_archive(name) else []
            self._known[name] = None
            for candidate in (stem, *(f"ex{number}" for number in inside if len(set(inside)) == 1)):
                try:
                    self._known[name] = find_exercise(candidate, self._wanted[0].workbook)
                    break
                except UsageError:
                    continue
        return self._known[name]

    def _holds_exercises(self, folder: Path) -> bool:
        return any(self._exercise(path.name) is not None for path in self._list(folder))

    def _list(self, folder: Path) -> list[Path]:
        with self._telling(folder):
            return sorted(folder.iterdir())
        return []

    @contextlib.contextmanager
    def _telling(self, path: Path) -> Iterator[None]:
        """Tell what of a folder cannot be read, and go on: it costs nobody but whose folder it is."""
        try:
            yield
        except OSError as error:
            self._tell(path, f"cannot be read: {error.strerror}")

    def _tell(self, path: Path, what: str) -> None:
        sentence = f"{told(path)} {what}"
        if sentence not in self.problems:
            self.problems.append(sentence)

    def _tell_rest(self, folder: Path, rest: list[Path]) -> None:
        if rest:
            shown = ", ".join(repr(path.name) for path in rest[:_SHOWN]) + (", …" if len(rest) > _SHOWN else "")
            self._tell(folder, f"holds what is no exercise, and was left out: {shown}")


def inner_folder(folder: Path, exercise: Exercise) -> Path:
    """Find the folder that holds the exercise's files: the folder itself, or a single folder nested in it.

    Raises:
        OSError: a folder cannot be read.
    """
    here = folder
    for _ in range(_DEPTH):
        if not what_is_wrong(here, exercise):
            return here
        inside = list(_folders(here))
        if len(inside) != 1:
            break
        here = inside[0]
    return folder


def told(path: Path) -> str:
    """Give a learner's path as one line that can be read: the last two parts of it, quoted."""
    return repr("/".join(path.parts[-2:]))


def _folders(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name not in JUNK and not path.name.startswith(".") and path.is_dir() and not path.is_symlink():
            yield path
