"""The class at a glance: who passed which check, how scores are distributed, which checks are hardest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean, median

from foodcourt.catalog import CheckSpec
from foodcourt.grading.verdicts import Outcome, Report
from foodcourt.reports.class_results import Standing
from foodcourt.reports.grades import Grade
from foodcourt.reports.words import MARKS

__all__ = ["MISSING", "Bin", "Cell", "Tally", "Totals", "cells", "distribution", "tallies", "totals"]

MISSING = "missing"
"""Stands beside the outcomes for a check of which there is no verdict."""
_BINS = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """One learner and one check: colour only repeats what mark and word say.

    Attributes:
        check: the check's id.
        outcome: one of the `Outcome`s, or `MISSING`.
        mark: one character.
    """

    check: str
    outcome: str
    mark: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a check passed among those who handed something in."""

    spec: CheckSpec
    counts: dict[str, int]

    @property
    def handed_in(self) -> int:
        """How many verdicts there are."""
        return sum(self.counts.values()) - self.counts.get(MISSING, 0)

    @property
    def passed(self) -> int:
        """How many of them passed."""
        return self.counts.get(Outcome.PASSED, 0)

    @property
    def share(self) -> float:
        """Which part of them passed, 0 to 1; 1 where there are none."""
        return self.passed / self.handed_in if self.handed_in else 1.0


@dataclass(frozen=True, slots=True)
class Bin:
    """How many scores lie from `low` to `high`, both included, in percent of the highest possible."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Scores in short; means are None where nobody has a score.

    Attributes:
        handed_in: all that is not missing, graded or not.
        unclear: those of them of which there is no verdict: refused, not graded yet, or the grader broke.
    """

    handed_in: int
    unclear: int
    missing: int
    passed: int
    mean: float | None
    median: float | None


def cells(report: Report | None, specs: Sequence[CheckSpec]) -> tuple[Cell, ...]:
    """Give a cell for each check of the exercise, in the checker's order."""
    outcomes = {check.id: check.outcome for check in report.checks} if report else {}
    return tuple(_cell(spec.id, outcomes.get(spec.id)) for spec in specs)


@cache
def _cell(check: str, outcome: Outcome | None) -> Cell:
    """Give a cell: one for all who have the same, as a class has ten thousand."""
    return Cell(check, MISSING, "·") if outcome is None else Cell(check, outcome.value, MARKS[outcome])


def tallies(rows: Sequence[Sequence[Cell]], specs: Sequence[CheckSpec]) -> tuple[Tally, ...]:
    """Count the outcomes of each check over all learners; the hardest check first."""
    counted = [Tally(spec, dict(Counter(row[number].outcome for row in rows))) for number, spec in enumerate(specs)]
    return tuple(sorted(counted, key=lambda tally: tally.share))


def distribution(scores: Sequence[float], highest: int) -> tuple[Bin, ...]:
    """Count scores in ten steps of a tenth of `highest` each; the highest itself belongs to the last step."""
    steps = Counter(min(_BINS - 1, max(0, int(score * _BINS // max(1, highest)))) for score in scores)
    width = 100 // _BINS
    return tuple(
        Bin(step * width, 100 if step == _BINS - 1 else (step + 1) * width - 1, steps[step]) for step in range(_BINS)
    )


def totals(grades: Sequence[Grade]) -> Totals:
    """Sum up an exercise.

    Args:
        grades: one for each learner.
    """
    missing = sum(grade.standing is Standing.MISSING for grade in grades)
    scores = [grade.score for grade in grades if grade.score is not None]
    return Totals(
        handed_in=len(grades) - missing,
        unclear=sum(grade.standing not in {Standing.GRADED, Standing.MISSING} for grade in grades),
        missing=missing,
        passed=sum(grade.passed is True for grade in grades),
        mean=fmean(scores) if scores else None,
        median=median(scores) if scores else None,
    )
