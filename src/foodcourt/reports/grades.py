"""What counts for one learner on one exercise: the one place where all exports take their points from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from foodcourt.catalog import Exercise
from foodcourt.reports.class_results import ClassResults, Standing

__all__ = ["BY_HAND", "Grade", "Override", "grade_of", "grades_of", "shown", "total"]

Override: TypeAlias = Callable[[str, str], float | None]
"""Takes a learner and a slug, and gives the score that an instructor gave instead; None where the grader's counts."""

BY_HAND = "by hand"
_UNDECIDED = {Standing.ERROR, Standing.REFUSED, Standing.WAITING}


@dataclass(frozen=True, slots=True)
class Grade:
    """The points of one learner on one exercise.

    Nobody loses points in silence: where there is no verdict, there are no points, which is not 0.

    Attributes:
        score: points of the required checks, or those that an instructor gave; None where there are none.
        bonus: points of the stretch checks; None where the grader gave no verdict.
        passed: whether every required check passed; None where the grader gave no verdict.
        standing: how far grading came.
        by_hand: whether an instructor gave the score.
        late: whether the work came after the deadline.
    """

    score: float | None
    bonus: float | None
    passed: bool | None
    standing: Standing
    by_hand: bool
    late: bool

    @property
    def points(self) -> float | None:
        """Score and bonus together; None where there is no score."""
        return None if self.score is None else self.score + (self.bonus or 0)

    @property
    def outcome(self) -> str:
        """What became of the grading, in a word or two: a `Standing`, or `by hand`."""
        return BY_HAND if self.by_hand else self.standing.value

    @property
    def undecided(self) -> bool:
        """Whether points are still to come: from another run of the grader, or by hand."""
        return self.score is None and self.standing in _UNDECIDED


def grade_of(results: ClassResults, learner: str, exercise: Exercise, override: Override | None = None) -> Grade:
    """Give what counts for a learner on an exercise.

    Args:
        results: of the class.
        learner: one of its learners.
        exercise: one of its exercises.
        override: tells the scores that an instructor gave instead.
    """
    standing = results.standing(learner, exercise.slug)
    report = results.report(learner, exercise.slug)
    entry = results.entry(learner, exercise.slug)
    given = override(learner, exercise.slug) if override is not None else None
    # A report on which the grader broke counts for nothing: what it could not see may have been right.
    verdict = report if standing is Standing.GRADED else None
    score = given if given is not None else None if verdict is None else verdict.score
    return Grade(
        score=score,
        bonus=None if verdict is None else verdict.bonus,
        passed=None if verdict is None else verdict.passed,
        standing=standing,
        by_hand=given is not None,
        late=entry is not None and entry.late,
    )


def grades_of(results: ClassResults, learner: str, override: Override | None = None) -> tuple[Grade, ...]:
    """Give what counts for a learner on every exercise, in the order of the exercises."""
    return tuple(grade_of(results, learner, exercise, override) for exercise in results.exercises)


def total(grades: Iterable[Grade]) -> float | None:
    """Add up all points; None as long as some are undecided. What was not handed in adds 0."""
    found = list(grades)
    if any(grade.undecided for grade in found):
        return None
    return sum(grade.points or 0 for grade in found)


def shown(number: float | None, nothing: str = "") -> str:
    """Write points: whole ones without a decimal point, others with at most two digits behind it."""
    return nothing if number is None else f"{number:.2f}".rstrip("0").rstrip(".")
