"""Finding whose work lies where in a folder that holds a class.

Learners' folders and what Canvas and Moodle export are taken, side by side. Nothing is opened here, and no link is
followed: only names are read.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from foodcourt.catalog import Exercise
from foodcourt.classroom.archives import JUNK, is_archive
from foodcourt.classroom.exports import Upload, read_moodle, read_upload
from foodcourt.classroom.finding import Finding
from foodcourt.classroom.naming import Naming
from foodcourt.classroom.roster import Roster
from foodcourt.classroom.uploads import Placed, Uploads, peek
from foodcourt.grading.intake import what_is_wrong

__all__ = ["Search", "inner_folder", "told"]

_DEPTH = 4
"""So many folders that hold nothing but a folder are looked into."""
_WORKBOOK = "exercises"
"""Where work lies for those who hand in all of their workbook."""
_SHOWN = 6


class Search:
    """Looks through the folder of a class.

    Attributes:
        findings: what is there, several of a learner and an exercise among them.
        learners: everybody who has a folder or an upload, with work in it or not.
        problems: what was not understood, a sentence each.
    """

    def __init__(self, exercises: Sequence[Exercise], roster: Roster, skip: Iterable[Path] = ()) -> None:
        """Look for work on `exercises`; pass over what is in `skip`, and the folders that hold it and no work."""
        self.findings: list[Finding] = []
        self.learners: set[str] = set()
        self.problems: list[str] = []
        self._wanted = tuple(exercises)
        self._roster = roster
        self._skip = tuple(path.resolve() for path in skip)
        self._naming = Naming(exercises[0].workbook)
        self._uploads = Uploads(roster, self._naming)

    def look_into(self, folder: Path) -> None:
        """Look through what lies beside each other: learners' folders, and what platforms exported.

        Where a single exercise is asked for, uploads whose names tell none are of that.
        """
        self._look_beside(folder, self._wanted[0] if len(self._wanted) == 1 else None, under=None)
        self.problems += [
            f"several are called {name!r}, by their numbers there; a roster tells who they are"
            for name in sorted(self._uploads.namesakes())
        ]
        for learner, placed in self._uploads.by_learner():
            self.learners.add(learner)
            self._take_upload(learner, placed)
        self.findings += [finding for finding in self._uploads.loose() if finding.exercise in self._wanted]

    def _look_beside(self, folder: Path, context: Exercise | None, *, under: Exercise | None) -> None:
        """Look at what lies beside each other.

        Args:
            folder: where.
            context: the exercise that an upload is of whose name tells none.
            under: the one that the folder is of, by its name.
        """
        for path in self._list(folder):
            if path.name in JUNK or self._passes_over(path):
                continue
            with self._telling(path):
                if upload := self._look_at(path, context, under):
                    self._uploads.add(Placed(path, upload, context, under))

    def _passes_over(self, path: Path) -> bool:
        here = path.parent.resolve() / path.name
        held = [skip for skip in self._skip if skip.is_relative_to(here)]
        if not held or here in held or not all(skip.is_file() for skip in held):
            return bool(held)
        # A folder with the roster in it: it may be one of uploads, or of learners.
        return not any(
            _is_folder(inside) or is_archive(inside.name) or read_upload(inside.name) for inside in peek(path)
        )

    def _look_at(self, path: Path, context: Exercise | None, under: Exercise | None) -> Upload | None:
        """Look at one of those that lie beside each other; give it back if it is an upload, to be taken later."""
        upload = read_upload(path.name)
        if path.is_symlink():
            self._tell(path, "is a link, and links are not followed")
        elif path.name.startswith(".") and not read_moodle(path.name):
            if path.is_dir():
                self._tell(path, "is hidden, and was left out")
        elif path.is_dir() and (found := self._roster.by_folder(path.name)):
            self._look_into_learner(found.learner, path, context)
        elif path.is_dir() and (upload is None or self._holds_more(path, upload, under)):
            self._look_into_folder(path, context)
        elif upload is not None:
            return upload
        elif is_archive(path.name):
            self._tell(
                path,
                "is an archive beside the learners' folders; put it into its learner's, like alice/ex1.zip, "
                "or unpack it, if it is a download of the whole class, into a folder such as ex1",
            )
        else:
            self._tell(path, "lies beside the learners' folders, and was left out")
        return None

    def _look_into_folder(self, path: Path, context: Exercise | None) -> None:
        """Look into a folder that no platform named: a learner's, or a download."""
        exercise = self._naming.exercise(path.name)
        if self._is_download(path):
            of = exercise or self._naming.exercise(path.name, loosely=True)
            if of is None or of in self._wanted:
                self._look_beside(path, of or context, under=of)
        elif exercise is None or any(self._inside(path)):
            self._look_into_learner(path.name, path, context)
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
        for path in children:
            exact = self._naming.exercise(path.name)
            loosely = path.is_dir() or is_archive(path.name)
            if exercise := exact or self._naming.exercise(path.name, loosely=loosely):
                self._take_exercise(learner, exercise, path, exact=exact is not None)
            else:
                rest.append(path)
        folders = [path for path in rest if path.is_dir() and not path.is_symlink()]
        inner = [path for path in folders if path.name == _WORKBOOK] or folders
        if len(rest) < len(children):
            self._tell_rest(folder, rest)
        elif not children:
            self._tell(folder, "holds nothing but what is hidden" if found else "is empty")
        elif context is not None:
            self._take_all(learner, folder, context, rest, packed=not folders)
        elif len(inner) == 1 and depth < _DEPTH:
            self._tell_rest(folder, [path for path in rest if path not in inner])
            self._look_for_exercises(learner, inner[0], context, depth + 1)
        else:
            what = f"holds none of the exercises, but {_shown(rest)}; expected folders such as ex1, or ex1.zip"
            self._refuse(learner, folder, None, what)

    def _take_exercise(self, learner: str, exercise: Exercise, path: Path, *, exact: bool) -> None:
        if exercise not in self._wanted:
            return
        problem = "is a link, and links are not followed" if path.is_symlink() else ""
        if not problem and not path.is_dir() and not is_archive(path.name):
            problem = "is a file; expected the folder of the exercise, or a .zip"
        self.findings.append(Finding(learner, exercise, path, rank=2 * exact + path.is_dir(), problem=problem))

    def _take_all(
        self, learner: str, folder: Path, exercise: Exercise, rest: Sequence[Path], *, packed: bool
    ) -> None:
        """Take all that lies there for work on an exercise; what is `packed` is that, where none of it lies loose."""
        archives = [path for path in rest if is_archive(path.name)]
        loose = any(path.name in exercise.files for path in rest)
        if len(archives) != 1 or loose or not packed:
            self.findings.append(Finding(learner, exercise, folder))
            if archives:
                self._tell(folder, f"is taken without what is in {_shown(archives)}")
            return
        [archive] = archives
        self.findings.append(Finding(learner, exercise, archive))
        if left := [path for path in rest if path != archive]:
            self._tell(archive, f"is taken, and not what lies beside it: {_shown(left)}")

    def _take_upload(self, learner: str, placed: Placed) -> None:
        path, upload = placed.path, placed.upload
        exercise, problem = self._uploads.exercise(placed)
        if upload.kind != "file":
            self._tell(path, "holds no files, and was left out")
        elif path.is_dir() and not upload.file:
            self._look_into_learner(learner, path, placed.context)
        elif exercise is None:
            self._tell(path, "tells no exercise; grade the exercises one by one, or name it like ex1.zip")
        elif exercise in self._wanted and not self._uploads.is_loose(placed):
            rank = upload.file_number
            self.findings.append(Finding(learner, exercise, path, late=upload.late, rank=rank, problem=problem))

    def _holds_more(self, folder: Path, upload: Upload, under: Exercise | None) -> bool:
        """Whether a folder called like a file from Canvas holds more than the exercise that it would be of."""
        of = self._naming.exercise(upload.written, loosely=True) or under
        return upload.lasting and any(exercise != of for exercise in self._inside(folder))

    def _inside(self, folder: Path) -> Iterator[Exercise]:
        """Give the exercises that there is work on in a folder; uploads of many are not."""
        for path in peek(folder):
            loosely = is_archive(path.name) or _is_folder(path)
            if not read_upload(path.name) and (found := self._naming.exercise(path.name, loosely=loosely)):
                yield found

    def _is_download(self, folder: Path) -> bool:
        """Whether what a folder holds was uploaded, by several, or by anybody for the exercise that it is called."""
        inside = [path for path in peek(folder) if path.name not in JUNK and not path.name.startswith(".")]
        inside = [path for path in inside if not self._passes_over(path)]
        uploads = [upload for path in inside if (upload := read_upload(path.name))]
        owners = {(upload.name, upload.number) for upload in uploads}
        if self._naming.exercise(folder.name) and owners and not any(self._inside(folder)):
            return True
        of_exercise = self._naming.exercise(folder.name, loosely=True) is not None
        return len(owners) > 1 and (of_exercise or len(uploads) == len(inside))

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


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _shown(paths: Sequence[Path]) -> str:
    return ", ".join(repr(path.name) for path in paths[:_SHOWN]) + (", …" if len(paths) > _SHOWN else "")


def _folders(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name not in JUNK and not path.name.startswith(".") and path.is_dir() and not path.is_symlink():
            yield path
