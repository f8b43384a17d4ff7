"""The class at one moment: what was graded, and what the instructors have made of it so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from foodcourt.catalog import Exercise
from foodcourt.grading.verdicts import Outcome, Report
from foodcourt.reports.class_results import ClassResults, Standing
from foodcourt.reports.grades import Grade, grade_of
from foodcourt.review.alike import Group, group_alike
from foodcourt.review.changes import Change, Kind
from foodcourt.review.links import page_name
from foodcourt.review.marking import Marks
from foodcourt.review.overview import MISSING, Cell, cells

__all__ = ["STATES", "Filter", "Row", "Snapshot", "scores"]

STATES = {
    Outcome.PASSED.value: "a check that passed",
    Outcome.FAILED.value: "a check that failed",
    Outcome.SKIPPED.value: "a check that was skipped",
    Outcome.ERROR.value: "a check on which the grader broke",
    MISSING: "no verdict",
    "late": "handed in late",
    "changed": "a score set by hand",
    "outdated": "a score set by hand for other work",
    "commented": "comments",
}
"""What a submission can be filtered by, and how that is said."""
_STANDINGS = {
    Standing.ERROR: "the grader broke",
    Standing.REFUSED: "cannot be graded",
    Standing.WAITING: "not graded yet",
    Standing.MISSING: "missing",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which submissions to show; an empty field lets all through.

    Attributes:
        name: a part of the learner's name.
        exercise: the slug of an exercise.
        state: one of `STATES`: an outcome, or what else there is to a submission.
        check: with a state that is an outcome: the check that has to have it.
    """

    name: str = ""
    exercise: str = ""
    state: str = ""
    check: str = ""

    def __bool__(self) -> bool:
        """Say whether it holds anybody back."""
        return bool(self.name or self.exercise or self.state or self.check)


@dataclass(frozen=True, slots=True)
class Row:
    """One learner's submission of one exercise, or the lack of it.

    Attributes:
        learner: the name of their folder; hostile data.
        called: their name in the roster; empty where there is none.
        grade: the points that count.
        override: the change that set it by hand; None where the grader's counts.
        comments: how many there are.
        problem: why there is no verdict on it; empty where there is one, or nothing was handed in.
        since: when a grader first found this work there, as ISO 8601; empty where that is not known.
    """

    learner: str
    called: str
    report: Report | None
    cells: tuple[Cell, ...]
    grade: Grade
    override: Change | None
    comments: int
    problem: str
    since: str

    @property
    def score(self) -> float | None:
        """The score that counts; None where there is none."""
        return self.grade.score

    @property
    def late(self) -> bool:
        """Whether it came after the deadline."""
        return self.grade.late

    @property
    def outdated(self) -> bool:
        """Whether the score was set by hand for other work than now lies there."""
        # In the same second nobody has looked at it yet.
        return self.override is not None and self.override.at <= self.since

    @property
    def standing(self) -> str:
        """Why there is no verdict, in a few words; empty where there is one."""
        return _STANDINGS.get(self.grade.standing, "")

    @property
    def states(self) -> frozenset[str]:
        """What of `STATES` is true of it."""
        more = {
            "late": self.late,
            "changed": self.override is not None,
            "outdated": self.outdated,
            "commented": self.comments > 0,
        }
        return frozenset({cell.outcome for cell in self.cells} | {name for name, true in more.items() if true})

    def passes(self, filter_: Filter) -> bool:
        """Say whether a filter lets it through; the filter's exercise is not looked at."""
        wanted = filter_.name.casefold()
        if wanted not in self.learner.casefold() and wanted not in self.called.casefold():
            return False
        if filter_.check and filter_.state in {*Outcome, MISSING}:
            return any(cell.check == filter_.check and cell.outcome == filter_.state for cell in self.cells)
        return not filter_.state or filter_.state in self.states


@dataclass(frozen=True)
class Snapshot:
    """What a page shows.

    Attributes:
        results: what the grader wrote.
        marks: what the instructors changed.
    """

    results: ClassResults
    marks: Marks = field(default_factory=Marks)

    @cached_property
    def _by_page(self) -> dict[str, str]:
        return {page_name(learner): learner for learner in self.results.learners}

    @cached_property
    def _comments(self) -> dict[tuple[str, str], int]:
        counts: dict[tuple[str, str], int] = {}
        for target, change in self.marks.latest.items():
            if target.kind is Kind.COMMENT and not change.empty:
                key = (target.exercise, target.learner)
                counts[key] = counts.get(key, 0) + 1
        return counts

    def exercise(self, slug: str) -> Exercise | None:
        """Give an exercise of the class by its slug; None if it has none of that name."""
        return next((found for found in self.results.exercises if found.slug == slug), None)

    def learner(self, page: str) -> str | None:
        """Give the learner that a page's name means; None if there is nobody."""
        return self._by_page.get(page)

    def row(self, exercise: Exercise, learner: str) -> Row:
        """Give one learner's submission of an exercise."""
        report = self.results.report(learner, exercise.slug)
        entry = self.results.entry(learner, exercise.slug)
        return Row(
            learner=learner,
            called=self.results.person(learner).name,
            report=report,
            cells=cells(report, exercise.checks),
            grade=grade_of(self.results, learner, exercise, self.marks.score_by_hand),
            override=self.marks.override(exercise.slug, learner),
            comments=self._comments.get((exercise.slug, learner), 0),
            problem=self.results.problem(learner, exercise.slug),
            since="" if entry is None else entry.since,
        )

    def rows(self, exercise: Exercise) -> tuple[Row, ...]:
        """Give every learner's submission of an exercise."""
        return tuple(self.row(exercise, learner) for learner in self.results.learners)

    def outdated(self) -> list[tuple[str, str]]:
        """Give learner and exercise of the scores that were set by hand for other work than now lies there."""
        places = sorted((learner, slug) for learner, slug, _ in self.marks.overrides())
        rows = ((learner, slug, self.exercise(slug)) for learner, slug in places)
        return [(learner, slug) for learner, slug, known in rows if known and self.row(known, learner).outdated]

    def groups(self, exercise: Exercise) -> tuple[Group, ...]:
        """Give the submissions of an exercise that failed alike."""
        reports = ((learner, self.results.report(learner, exercise.slug)) for learner in self.results.learners)
        return group_alike((learner, report) for learner, report in reports if report is not None)


def scores(rows: Sequence[Row]) -> list[float]:
    """Give the scores of those who have one."""
    return [row.score for row in rows if row.score is not None]
