"""The results of a class, as they lie in the folder that `foodcourt grade` wrote.

Read once and as a whole: what is graded meanwhile is seen when they are loaded again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from foodcourt.catalog import Exercise, exercises
from foodcourt.errors import ResultsDamaged, UsageError
from foodcourt.grading.verdicts import Report
from foodcourt.reports.class_file import FILE_NAME, ClassFile, Entry, Person
from foodcourt.reports.json_report import read_report
from foodcourt.reports.result_paths import folder_name, learner_of, result_path, results_folder
from foodcourt.workbook import Workbook

__all__ = ["ClassResults", "Standing", "result_path"]

_NOBODY = Person()


class Standing(StrEnum):
    """How far the grading of one learner's work on one exercise came."""

    GRADED = "graded"
    ERROR = "error"
    """The grader broke on it, or its stored result is damaged: no verdict, and no points either way."""
    REFUSED = "refused"
    """Something was handed in that cannot be graded, such as a damaged archive."""
    WAITING = "waiting"
    """It was handed in, and is not graded yet."""
    MISSING = "missing"
    """Nothing was handed in."""


@dataclass(frozen=True, slots=True)
class ClassResults:
    """Who is in the class, and how each of them did.

    Attributes:
        out: the folder that `foodcourt grade --out` named.
        exercises: those that were graded, by number; all that the workbook has, where none was.
        learners: the names of all learners' folders, whether on the class list or only graded; sorted; hostile data.
        class_file: the class list, and what was handed in.
        reports: the reports there are, by learner and slug.
        damaged: what is wrong with the results that cannot be read, by learner and slug; a sentence for the
            instructor that names the file and says what to do.
    """

    out: Path
    exercises: tuple[Exercise, ...]
    learners: tuple[str, ...]
    class_file: ClassFile
    reports: Mapping[tuple[str, str], Report]
    damaged: Mapping[tuple[str, str], str] = field(default_factory=dict)
    _entries: Mapping[tuple[str, str], Entry] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Sort the entries so that they can be looked up."""
        entries = {(entry.learner, entry.exercise): entry for entry in self.class_file.entries}
        object.__setattr__(self, "_entries", entries)

    @classmethod
    def load(cls, out: Path, workbook: Workbook) -> ClassResults:
        """Read all results below `out`.

        One damaged result does not keep the instructor from the others: it is found in `damaged`, its standing is
        `error`, and it has no report.

        Raises:
            UsageError: no class was graded into `out`.
            ResultsDamaged: `class.json` there is damaged, or a results folder cannot be listed.
        """
        class_file = ClassFile.load(out)
        if not results_folder(out).is_dir() and not (out / FILE_NAME).is_file():
            raise UsageError(
                f"no class was graded into {out}: it holds neither results/ nor {FILE_NAME}\n"
                f"next: foodcourt grade DIR --out {out}"
            )
        known = exercises(workbook)
        named = {*class_file.learners, *(entry.learner for entry in class_file.entries)}
        reports: dict[tuple[str, str], Report] = {}
        damaged: dict[tuple[str, str], str] = {}
        learners = set(named)
        for learner in _everybody(out, named, known):
            for exercise in known:
                key = (learner, exercise.slug)
                try:
                    reports[key] = _read(result_path(out, *key), *key)
                except FileNotFoundError:
                    continue
                except ResultsDamaged as error:
                    damaged[key] = str(error)
                learners.add(learner)
        ordered = tuple(sorted(learners, key=lambda name: (name.casefold(), name)))
        # What nobody looked for is not missing.
        looked_for = {*class_file.notes, *(slug for _, slug in (*reports, *damaged))}
        known = tuple(exercise for exercise in known if exercise.slug in looked_for) or known
        return cls(out, known, ordered, class_file, MappingProxyType(reports), MappingProxyType(damaged))

    @property
    def notes(self) -> tuple[str, ...]:
        """Give what was not understood, or left out, when the class was looked through; a sentence each."""
        notes = self.class_file.notes
        return tuple(dict.fromkeys(note for slug in sorted(notes) for note in notes[slug]))

    def report(self, learner: str, slug: str) -> Report | None:
        """Give the report on a learner's work; None where there is none, or a damaged one."""
        return self.reports.get((learner, slug))

    def entry(self, learner: str, slug: str) -> Entry | None:
        """Give what the learner handed in; None where nothing is known of it."""
        return self._entries.get((learner, slug))

    def person(self, learner: str) -> Person:
        """Give what the class list says of a learner; empty for one who is not on it."""
        return self.class_file.learners.get(learner, _NOBODY)

    def standing(self, learner: str, slug: str) -> Standing:
        """Say how far the grading of a learner's work came."""
        report, entry = self.report(learner, slug), self.entry(learner, slug)
        if report is not None:
            return Standing.ERROR if report.broken else Standing.GRADED
        if (learner, slug) in self.damaged:
            return Standing.ERROR
        if entry is not None and entry.problem:
            return Standing.REFUSED
        return Standing.MISSING if entry is None or entry.folder is None else Standing.WAITING

    def problem(self, learner: str, slug: str) -> str:
        """Say why there is no verdict on a learner's work; empty where there is one, or nothing was handed in."""
        if (learner, slug) in self.damaged:
            return self.damaged[learner, slug]
        report, entry = self.report(learner, slug), self.entry(learner, slug)
        if report is not None:
            broken = ", ".join(check.id for check in report.checks if check.outcome == "error")
            return f"the grader broke on {broken}; grade it again" if broken else ""
        return entry.problem if entry is not None else ""


def _read(path: Path, learner: str, slug: str) -> Report:
    report = read_report(path)
    if report.exercise != slug or report.learner not in {None, learner}:
        raise ResultsDamaged(
            f"cannot use the result {path}: it is the report on {report.exercise} of {report.learner!r:.80}, "
            f"and stands where that on {slug} of {learner!r:.80} should\n"
            "next: delete that file and grade again, with the same foodcourt grade command and --resume"
        )
    return report


def _everybody(out: Path, named: set[str], known: tuple[Exercise, ...]) -> Iterator[str]:
    """Give every learner who may have results: those of `class.json`, and those who only have a folder."""
    yield from named
    folder = results_folder(out)
    try:
        folders = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    except OSError as error:
        raise ResultsDamaged(f"cannot list {folder}: {error.strerror}; next: ls -ld {folder}") from error
    seen = {folder_name(learner) for learner in named}
    for path in sorted(folders):
        if path.name not in seen:
            learner = learner_of(path.name)
            found = [learner] if learner is not None else _told_by_reports(path, known)
            yield from found


def _told_by_reports(folder: Path, known: tuple[Exercise, ...]) -> list[str]:
    """Give the learner whose name was too long for that of a folder, as the reports in it tell it."""
    for exercise in known:
        try:
            learner = read_report(folder / f"{exercise.slug}.json").learner
        except (FileNotFoundError, ResultsDamaged):
            continue
        if learner is not None and folder_name(learner) == folder.name:
            return [learner]
    return []
