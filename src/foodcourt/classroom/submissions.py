"""What is to be graded of a class: whose work on which exercise lies where, and what cannot be graded, and why."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from foodcourt.catalog import Exercise
from foodcourt.classroom.archives import unpack
from foodcourt.classroom.finding import Finding
from foodcourt.classroom.roster import Learner, Roster, read_roster
from foodcourt.classroom.search import Search, inner_folder, told
from foodcourt.errors import UsageError
from foodcourt.grading.intake import BYTE_LIMIT, digest_of, pieces, read_regular, what_is_wrong

__all__ = ["Classroom", "Entry", "find_submissions"]

_TOLD = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One learner's work on one exercise.

    Attributes:
        learner: whose it is; fit to be the name of a folder, and otherwise whatever a learner may think of.
        exercise: what it is of.
        folder: what is graded; where there is a problem, what was handed in.
        late: whether a file was changed after the time that was given, or the learning platform says so.
        digest: the same for submissions that are the same in all that is graded; empty where there is a problem.
        problem: why it cannot be graded, as a sentence, or empty.
    """

    learner: str
    exercise: Exercise
    folder: Path
    late: bool
    digest: str
    problem: str


@dataclass(frozen=True, slots=True)
class Classroom:
    """What is to be graded.

    Attributes:
        exercises: what was looked for.
        entries: one a learner and exercise, by learner and exercise.
        learners: those of the roster, and whoever else handed something in, by name.
        problems: what was not understood or left out, a sentence each.
        listed: whether a roster says who is in the class.
        due: for the exercises of which it was said, when work had to be there.
    """

    exercises: tuple[Exercise, ...]
    entries: tuple[Entry, ...]
    learners: tuple[Learner, ...]
    problems: tuple[str, ...]
    listed: bool
    due: Mapping[str, datetime]

    @property
    def missing(self) -> tuple[str, ...]:
        """Give the learners of whom no work was found at all."""
        busy = {entry.learner for entry in self.entries}
        return tuple(one.learner for one in self.learners if one.learner not in busy)


def find_submissions(
    folder: Path,
    exercises: Sequence[Exercise],
    *,
    work: Path,
    roster: Path | None = None,
    due: Mapping[str, datetime] = MappingProxyType({}),
) -> Classroom:
    """Find what is to be graded in the folder of a class.

    It holds `<learner>/<exercise>/…`, with zip archives in place of folders where learners packed their work, or what
    Canvas and Moodle export. Where a single exercise is asked for, uploads need not tell which one they are of.

    Args:
        folder: the folder of the class.
        exercises: what is graded; work on other exercises is passed over.
        work: where archives are unpacked, as `<learner>/<exercise>`; made when needed. What lies there is replaced.
        roster: a CSV file with the learners of the class.
        due: by the slugs of exercises, when work had to be there; without a time zone, by this machine's clock.

    Raises:
        UsageError: there is no such folder, the roster cannot be used, there is no room to unpack archives, or there
            is nothing to grade at all.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            f"{folder} is a file; expected the folder that holds <learner>/<exercise>/…\ntry: ls {folder.parent}"
        )
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder {folder}; it should hold <learner>/<exercise>/…\ntry: ls {folder.parent}"
        )
    known = Roster() if roster is None else read_roster(roster)
    search = Search(exercises, known, skip=[work, *([] if roster is None else [roster])])
    search.look_into(folder)
    newer: list[Path] = []
    entries = [_entry(finding, work, due.get(finding.exercise.slug), newer) for finding in _one_each(search)]
    if newer:
        more = f" and {len(newer) - _TOLD} more" if len(newer) > _TOLD else ""
        search.problems.append(
            "newer than they were due, though the files in them are not, so not counted as late: "
            f"{', '.join(told(path) for path in newer[:_TOLD])}{more}; who packs files can set their dates"
        )
    learners = {one.learner: one for one in known.learners}
    if roster is not None:
        search.problems.extend(
            f"{name!r} is not on the roster" for name in sorted(search.learners) if name not in learners
        )
    everybody = learners | {name: Learner(name) for name in search.learners if name not in learners}
    if not entries and not learners:
        raise UsageError(_nothing(folder, search.problems))
    return Classroom(
        tuple(exercises),
        tuple(sorted(entries, key=lambda entry: (entry.learner, entry.exercise.number))),
        tuple(everybody[name] for name in sorted(everybody)),
        tuple(search.problems),
        roster is not None,
        due,
    )


def _one_each(search: Search) -> list[Finding]:
    """Choose what is graded where a learner handed in an exercise more than once, and tell."""
    by_place: dict[tuple[str, Exercise], list[Finding]] = defaultdict(list)
    for finding in search.findings:
        by_place[finding.learner, finding.exercise].append(finding)
    chosen = []
    for (learner, exercise), findings in by_place.items():
        best = max(findings, key=lambda finding: (not finding.problem, finding.whole, finding.rank))
        chosen.append(best)
        if len(findings) > 1:
            others = ", ".join(told(finding.path) for finding in findings if finding is not best)
            search.problems.append(
                f"{learner!r} handed in {exercise.slug} more than once; {told(best.path)} is taken, not {others}"
            )
    return chosen


def _entry(finding: Finding, work: Path, due: datetime | None, newer: list[Path]) -> Entry:
    """Take in what was found; an archive that came too late with older files in it goes into `newer`."""
    try:
        outer = _folder(finding, work)
    except UsageError as error:
        return _ungraded(finding, str(error))
    except OSError as error:
        raise UsageError(f"cannot unpack into {work}: {error.strerror}\ntry: df -h {work.parent}") from error
    try:
        folder = inner_folder(outer, finding.exercise)
        if wrong := what_is_wrong(folder, finding.exercise):
            raise UsageError(_printable(wrong))
        digest, newest = digest_of(pieces(folder))
        packed = outer != finding.path and not finding.files
        # No file was changed after it was packed: then it was the clock that was wrong.
        came = finding.path.stat().st_mtime if packed else newest
    except UsageError as error:
        return _ungraded(finding, str(error))
    except OSError as error:
        return _ungraded(finding, f"cannot be read: {error.strerror}")
    late = finding.late or (due is not None and min(came, newest) > due.timestamp())
    if not late and due is not None and came > due.timestamp():
        newer.append(finding.path)
    return Entry(finding.learner, finding.exercise, folder, late, digest, "")


def _ungraded(finding: Finding, what: str) -> Entry:
    problem = f"{told(finding.path)} {what}"
    return Entry(finding.learner, finding.exercise, finding.path, finding.late, "", problem)


def _folder(finding: Finding, work: Path) -> Path:
    """Give the folder of a finding; what was packed, or uploaded one by one, is put into one below `work`."""
    if finding.problem or finding.path.is_symlink():
        raise UsageError(finding.problem or "is a link, and links are not followed")
    if finding.path.is_dir():
        return finding.path
    target = work / finding.learner / finding.exercise.slug
    if target.exists():
        shutil.rmtree(target)
    if finding.files:
        _gather(finding.files, target)
    else:
        unpack(finding.path, target)
    return target


def _gather(files: Sequence[tuple[str, Path]], target: Path) -> None:
    """Put files that were uploaded one by one into a folder, under the names that they had."""
    target.mkdir(parents=True)
    for name, path in files:
        if name in {"", ".", ".."}:
            raise UsageError("has a name that no file can have")
        try:
            found = read_regular(path, BYTE_LIMIT)
        except OSError as error:
            raise UsageError(f"cannot be read: {error.strerror}") from error
        if found:
            data, modified = found
            (target / name).write_bytes(data)
            os.utime(target / name, (modified, modified))


def _nothing(folder: Path, problems: Sequence[str]) -> str:
    shown = "".join(f"\n  {problem}" for problem in problems[:5])
    return f"nothing to grade in {folder}; it should hold <learner>/<exercise>/…{shown}\ntry: ls {folder}"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
