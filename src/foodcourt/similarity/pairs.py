"""Submissions of an exercise that are too alike to be chance.

A score is the share of the words of one submission that stand in the other in runs of ten or more. The starter's code
does not count. What many of a class have in common is how the exercise is done, and counts the less the more have it
(the solution is one of them): a run that two have, or one in 25, counts in full, one that twice as many have counts a
half, one that eight times as many have a quarter. So only what stands out of the class is told.

Measured with the 77 right submissions and solutions of this workbook, each written without looking at another: no two
of an exercise reach 0.70, and none 0.85 without a class to compare with. With names changed, functions reordered,
comments and layout taken away, copies of them all stay above 0.87. With six statements put into each file as well, 76
stay above 0.77; one, of which all but eight lines are the starter's, is lost.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foodcourt.catalog import Exercise
from foodcourt.classroom.submissions import Entry
from foodcourt.review.similar import MOST_PAIRS
from foodcourt.similarity.fingerprints import GRAM
from foodcourt.similarity.passages import Block, Passage, find_passages, read_blocks

__all__ = ["SimilarPair", "find_similar"]

_TOO_ALIKE = 0.75
_TOO_ALIKE_IN_A_FEW = 0.87
_CLASS = 10
"""Fewer submissions do not show what is common to all who do the exercise: only what is all but the same is told."""
_RARE = 0.04
"""What so large a part of a class has may still be copied by all of them."""
_ENOUGH = 100
"""Words of its own, weighed, from which on a submission that is contained in a longer one tells something."""
_FEW = 40
"""Words of its own, weighed, below which nothing can be told: some four lines."""


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two submissions that are too alike.

    Attributes:
        exercise: what they are of.
        a: whose one of them is.
        b: whose the other is; the names are in order.
        score: how alike they are, 0 to 1.
        passages: what stands in both, the longest first.
    """

    exercise: Exercise
    a: str
    b: str
    score: float
    passages: tuple[Passage, ...]

    def as_json(self) -> dict[str, Any]:
        """Give it as the JSON object that `similarity.json` holds."""
        return {
            "exercise": self.exercise.slug,
            "a": self.a,
            "b": self.b,
            "score": round(self.score, 2),
            "passages": [
                {
                    "a_file": passage.a_file,
                    "a_lines": list(passage.a_lines),
                    "b_file": passage.b_file,
                    "b_lines": list(passage.b_lines),
                }
                for passage in self.passages
            ],
        }


def find_similar(entries: Iterable[Entry]) -> list[SimilarPair]:
    """Find the pairs of submissions that are too alike, the most alike first; no more than 500 an exercise.

    Entries with a problem are passed over, and so are files that are no Python or that are generated from a `.proto`.
    """
    by_exercise: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda one: one.learner):
        if not entry.problem:
            by_exercise[entry.exercise.slug].append(entry)
    found = [pair for same in by_exercise.values() if len(same) > 1 for pair in _compare(same)]
    return sorted(found, key=lambda pair: (-pair.score, pair.exercise.slug, pair.a, pair.b))


def _compare(entries: Sequence[Entry]) -> Iterator[SimilarPair]:
    exercise = entries[0].exercise
    given = _prints(read_blocks(exercise.starter, exercise))
    read: dict[str, tuple[Block, ...]] = {}  # many may have handed in the same
    for entry in entries:
        if entry.digest not in read:
            read[entry.digest] = read_blocks(entry.folder, exercise)
    works = [read[entry.digest] for entry in entries]
    limit = _TOO_ALIKE if len(works) >= _CLASS else _TOO_ALIKE_IN_A_FEW
    pairs = _Scores(works, read_blocks(exercise.solution, exercise), given).at_least(limit)
    for one, other, score in nlargest(MOST_PAIRS, pairs, key=lambda pair: pair[2]):
        passages = find_passages(works[one], works[other], given)
        yield SimilarPair(exercise, entries[one].learner, entries[other].learner, score, passages)


class _Scores:
    """How alike any two submissions of an exercise are.

    Fingerprints are numbered, so that a submission is an array of numbers, and what one has a table of weights, with
    0 for what it has not. Number 0 stands for the starter's fingerprints and for what lies between blocks: it weighs
    nothing.
    """

    def __init__(self, works: Sequence[Sequence[Block]], solution: Sequence[Block], given: frozenset[int]) -> None:
        have = Counter(number for work in [*works, solution] for number in _prints(work) - given)
        numbers = {fingerprint: number for number, fingerprint in enumerate(have, 1)}
        count = np.array([1, *have.values()], dtype=np.float64)
        rare = max(2.0, _RARE * len(works))
        weights = 1 / (1 + np.log2(np.maximum(count, rare) / rare))
        weights[0] = 0
        self._numbers = [_numbered(work, numbers) for work in works]
        self._weights = weights
        self._whole = [_weigh(weights[own]) for own in self._numbers]

    def at_least(self, limit: float) -> Iterator[tuple[int, int, float]]:
        """Give the pairs with at least this score, by their places."""
        size = len(self._numbers)
        covered = np.zeros((size, size))
        had = np.zeros_like(self._weights)
        for one, own in enumerate(self._numbers):
            had[own] = self._weights[own]
            for other in range(size):
                if other != one and min(self._whole[one], self._whole[other]) >= _FEW:
                    covered[other, one] = _weigh(had[self._numbers[other]])
            had[own] = 0
        for one in range(size):
            for other in range(one + 1, size):
                score = self._score(one, other, covered[one, other], covered[other, one])
                if score >= limit:
                    yield one, other, score

    def _score(self, one: int, other: int, first: float, second: float) -> float:
        first_whole, second_whole = self._whole[one], self._whole[other]
        if min(first_whole, second_whole) < _FEW:
            return 0.0
        shares = [(first + second) / (first_whole + second_whole)]
        # A copy to which a lot was added is as much a copy.
        if first_whole >= _ENOUGH:
            shares.append(first / first_whole)
        if second_whole >= _ENOUGH:
            shares.append(second / second_whole)
        return float(max(shares))


def _prints(work: Sequence[Block]) -> frozenset[int]:
    return frozenset(number for block in work for number in block.prints)


def _numbered(work: Sequence[Block], numbers: dict[int, int]) -> NDArray[np.int32]:
    """Give the fingerprints' numbers, block after block, so far apart that no word stands in runs of two blocks."""
    edge = [0] * (GRAM - 1)
    row = [number for block in work for number in (*edge, *(numbers.get(one, 0) for one in block.prints))]
    return np.array(row + edge, dtype=np.int32)  # small: those of a whole class are held at a time


def _weigh(runs: NDArray[np.float64]) -> float:
    """Weigh the words of a submission, each by the greatest of the `GRAM` runs that it stands in."""
    width = 1
    while width < GRAM:  # the greatest of two windows that meet or overlap is that of both together
        step = min(width, GRAM - width)
        runs = np.maximum(runs[:-step], runs[step:])
        width += step
    return float(runs.sum())
