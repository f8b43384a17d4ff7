"""Which submissions of an exercise are too alike, as the whole class is told of them."""

from __future__ import annotations

from dataclasses import dataclass

from foodcourt.catalog import Exercise
from foodcourt.reports.class_results import ClassResults, Standing
from foodcourt.review.similar import MOST_PAIRS, Pair, read_pairs
from foodcourt.review.snapshot import Snapshot

__all__ = ["TooAlike", "too_alike"]


@dataclass(frozen=True, slots=True)
class TooAlike:
    """The pairs of an exercise.

    Attributes:
        pairs: the most alike first, each with its longest passage at most; names are hostile data.
        known: whether the submissions were compared, so that where no pair is told there is none.
        more: whether there may be more than are told.
        problem: why it cannot be read, as a sentence; empty where it can.
    """

    pairs: tuple[Pair, ...]
    known: bool
    more: bool
    problem: str


def too_alike(snapshot: Snapshot, exercise: Exercise) -> TooAlike:
    """Give the pairs of an exercise in which both are in the class."""
    results = snapshot.results
    found, problem = read_pairs(results.out)
    if found is None:
        return TooAlike((), False, False, problem)
    told = found.pairs(exercise.slug)
    here = set(results.learners) if told else set()
    pairs = tuple(pair for pair in told if pair.a in here and pair.b in here)
    known = bool(pairs) or _compared(results, exercise.slug)
    return TooAlike(pairs[:MOST_PAIRS], known, len(told) >= MOST_PAIRS, "")


def _compared(results: ClassResults, slug: str) -> bool:
    """Say whether the submissions of an exercise were compared: that is done when they are all graded."""
    looked_for = slug in results.class_file.notes
    return looked_for and all(results.standing(name, slug) is not Standing.WAITING for name in results.learners)
