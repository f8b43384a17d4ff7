"""Finding whose work lies where in a folder that holds a class.

Learners' folders and what Canvas and Moodle export are taken, side by side. Nothing is opened here, and no link is
followed: only names are read.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
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

    @property
    def whole(self) -> int:
        """How likely it is all that belongs to the exercise, as far as names tell: 0 where it is nothing of that."""
        if not self.files:
            return 1
        names = {name for name, _ in self.files}
        return 2 if names.issuperset(self.exercise.files) else int(not names.isdisjoint(self.exercise.files))


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
        self._known: dict[tuple[str, bool], Exercise | None] = {}

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
            self._tell(
                path, "is an archive beside the learners' folders; put it into its learner's, like alice/ex1.zip"
            )
        else:
            self._tell(path, "lies beside the learners' folders, and was left out")
        return None

    def _look_into_folder(self, path: Path, context: Exercise | None) -> None:
        """Look into a folder that no platform named: a learner's, or a download of one exercise."""
        exercise = self._exercise(path.name)
        if self._is_download(path, any if exercise else all):
            exercise = exercise or self._exercise(path.name, loosely=True)
            if exercise is None or exercise in self._wanted:
                self.look_into(path, exercise or context)
        elif exercise is None or self._holds_exercises(path):
            found = self._roster.by_folder(path.name)
            self._look_into_learner(found.learner if found else path.name, path, context)
        else:
            self._tell(path, "is named like an exercise; expected a learner's folder with the exercises in it")

    def _look_into_learner(self, learner: str, folder: Path, context: Exercise | None) -> None:
        self.learners.add(learner)
        try:
            self._look_for_exercises(learner, folder, context)
        except OSError as error:
            self._refuse(learner, folder, context, f"cannot be read: {error.strerror}")

    def _refuse(self, learner: str, folder: Path, context: Exercise | None, problem: str) -> None:
        """Take what is not understood for work on whatever there is none of yet: that is not missing, then."""
        found = {finding.exercise for finding in self.findings if finding.learner == learner}
        for exercise in self._wanted if context is None else [context]:
            if exercise not in found:
                self.findings.append(Finding(learner, exercise, folder, problem=problem))

    def _look_for_exercises(self, learner: str, folder: Path, context: Exercise | None, depth: int = 0) -> None:
        found = sorted(folder.iterdir())
        children = [path for path in found if path.name not in JUNK and not path.name.startswith(".")]
        rest = []
        seen = False
        for path in children:
            exact = self._exercise(path.name)
            loosely = path.is_dir() or is_archive(path.name)
            if (exercise := exact or self._exercise(path.name, loosely=loosely)) is None:
                rest.append(path)
                continue
            seen = True
            problem = "is a link, and links are not followed" if path.is_symlink() else ""
            if not problem and not path.is_dir() and not is_archive(path.name):
                problem = "is a file; expected the folder of the exercise, or a .zip"
            if exercise in self._wanted:
                rank = 2 * (exact is not None) + path.is_dir()
                self.findings.append(Finding(learner, exercise, path, rank=rank, problem=problem))
        folders = [path for path in rest if path.is_dir() and not path.is_symlink()]
        if seen:
            self._tell_rest(folder, rest)
        elif not children:
            self._tell(folder, "is empty")
        elif context is not None:
            self._take_all(learner, folder, context, rest, packed=not folders)
        elif len(folders) == 1 and depth < _DEPTH:
            self._look_for_exercises(learner, folders[0], context, depth + 1)
        else:
            what = f"holds none of the exercises, but {_shown(rest)}; expected folders such as ex1, or ex1.zip"
            self._refuse(learner, folder, None, what)

    def _take_all(
        self, learner: str, folder: Path, exercise: Exercise, rest: Sequence[Path], *, packed: bool
    ) -> None:
        """Take all that lies there for work on an exercise; what is `packed` is that, where none of it lies loose."""
        archives = [path for path in rest if is_archive(path.name)]
        loose = any(path.name in exercise.files for path in rest)
        if len(archives) != 1 or loose or not packed:
            self.findings.append(Finding(learner, exercise, folder))
            if archives:
                self._tell(folder, f"is graded without what is in {_shown(archives)}")
            return
        [archive] = archives
        self.findings.append(Finding(learner, exercise, archive))
        if left := [path for path in rest if path != archive]:
            self._tell(archive, f"is graded, and not what lies beside it: {_shown(left)}")

    def _take_uploads(self, uploads: list[tuple[Path, Upload]], context: Exercise | None) -> None:
        numbers: dict[tuple[str, str | None], set[str]] = defaultdict(set)
        for _, upload in uploads:
            of = self._of(upload, context)
            numbers[upload.name, None if upload.lasting or of is None else of.slug].add(upload.number)
        several = {name for (name, _), found in numbers.items() if len(found) > 1}
        loose: dict[tuple[str, Exercise], list[tuple[int, str, Path]]] = defaultdict(list)
        late = set()
        for path, upload in uploads:
            learner = self._learner(upload, alone=upload.name not in several)
            self.learners.add(learner)
            exercise = self._of(upload, context)
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
        if found := self._roster.by_export(upload.name, upload.number if upload.lasting else ""):
            return found.learner
        unique = alone and upload.name not in {".", ".."}
        return upload.name if unique else f"{upload.name}_{upload.number}"

    def _of(self, upload: Upload, context: Exercise | None) -> Exercise | None:
        return self._exercise(upload.file, loosely=is_archive(upload.file)) or context

    def _exercise(self, name: str, *, loosely: bool = False) -> Exercise | None:
        """Tell which exercise a folder, an archive or an upload is of, by its name.

        Args:
            name: of the file or folder.
            loosely: whether it may say more than that, as `Exercise 1 - copy` does.
        """
        if (name, loosely) not in self._known:
            candidates = [re.sub(r"( \(\d+\))?(\.tar)?\.\w+$", "", name) if is_archive(name) else name]
            if loosely:
                inside = re.findall(r"(?<![^\W_])ex(?:ercise)?[ _-]?0*(\d+)(?!\d)", name, re.IGNORECASE)
                candidates += [f"ex{number}" for number in inside if len(set(inside)) == 1]
            self._known[name, loosely] = None
            for candidate in candidates:
                try:
                    self._known[name, loosely] = find_exercise(candidate, self._wanted[0].workbook)
                    break
                except UsageError:
                    continue
        return self._known[name, loosely]

    def _holds_exercises(self, folder: Path) -> bool:
        """Whether there is work on exercises in it; uploads of many are not."""
        return any(
            self._exercise(path.name, loosely=is_archive(path.name)) and not _is_upload(path)
            for path in _peek(folder)
        )

    def _is_download(self, folder: Path, how_many: Callable[[Iterable[bool]], bool]) -> bool:
        """Whether a folder is what was downloaded of an exercise, by how many of those in it a platform named."""
        inside = [path for path in _peek(folder) if path.name not in JUNK and not path.name.startswith(".")]
        return bool(inside) and how_many(_is_upload(path) for path in inside) and not self._holds_exercises(folder)

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
            self._tell(folder, f"holds what is no exercise, and was left out: {_shown(rest)}")


def inner_folder(folder: Path, exercise: Exercise) -> Path:
    """Find the folder that holds the exercise's files: the folder itself, or a single folder nested in it.

    Raises:
        OSError: a folder cannot be read.
    """
    here = folder
    for _ in range(_DEPTH + 1):
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


def _peek(folder: Path) -> list[Path]:
    """List a folder that is looked into later, where it is told if it cannot be read."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _is_upload(path: Path) -> bool:
    return (read_moodle(path.name) or read_canvas(path.name)) is not None


def _shown(paths: Sequence[Path]) -> str:
    return ", ".join(repr(path.name) for path in paths[:_SHOWN]) + (", …" if len(paths) > _SHOWN else "")


def _folders(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name not in JUNK and not path.name.startswith(".") and path.is_dir() and not path.is_symlink():
            yield path
