"""The waits between attempts, as users-service saw them: are they there, of the right size, and do they grow?

Right waits are about w, then 2w, where w is RETRY_WAIT. Jitter is welcome, up to waits that are random altogether
(from 0 to w, then from 0 to 2w: "full jitter"), which makes it a question of means. With n pairs of waits, the
second mean is expected to be w above the first, or w/2 with full jitter; waits that do not grow, random or not, have
the same mean twice. The difference of the means has a standard error s, about 0.65w/√n with full jitter and 0.41w/√n
with random waits that do not grow. So:

- They grow when the difference is more than 4.5s and more than w/3. Waits that do not grow get there with a
  probability of 3e-6; a machine that is a little slower each second time does not get there at all.
- They do not when the difference is more than 5.2s below w/2. Right ones get there with a probability of 1e-7.
- In between, more of them are needed. By 140 pairs, all but one in a thousand right ones are settled.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Growth(StrEnum):
    """What waits look like."""

    GROWING = "they grow"
    STEADY = "the second is no longer than the first"
    MISSING = "they are missing, or far too short"
    TOO_LONG = "they are far too long"
    UNSURE = "more of them are needed"


@dataclass
class Waits:
    """Waits before the second and before the third attempt, in seconds.

    Attributes:
        base: what RETRY_WAIT says.
    """

    base: float
    first: list[float] = field(default_factory=list)
    second: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        """Give the number of pairs."""
        return len(self.first)

    def add(self, first: float, second: float) -> None:
        """Add a pair."""
        self.first.append(first)
        self.second.append(second)

    @property
    def shortest(self) -> float:
        """The shortest two of one pair together, in seconds."""
        return min(map(sum, zip(self.first, self.second, strict=True)))

    def growth(self, lag: float) -> Growth:
        """Judge them; there have to be at least two pairs.

        Args:
            lag: what a busy machine may have added to each, in seconds.
        """
        first, second = statistics.fmean(self.first), statistics.fmean(self.second)
        # Full jitter has a mean of w/2; with 20 pairs it falls below w/8 with a probability of 3e-9.
        if first < self.base / 8:
            return Growth.MISSING
        # 3w without jitter, 5w with twice as much of it as wait.
        if first + second > 6 * self.base + 2 * lag:
            return Growth.TOO_LONG
        grown = second - first
        error = math.sqrt((statistics.variance(self.first) + statistics.variance(self.second)) / len(self))
        if grown > 4.5 * error and grown > self.base / 3:
            return Growth.GROWING
        return Growth.STEADY if self.base / 2 - grown > 5.2 * error else Growth.UNSURE

    def __str__(self) -> str:
        """Say it as the end of "waits of …"."""
        first, second = statistics.fmean(self.first), statistics.fmean(self.second)
        return f"{first:.3f} s and {second:.3f} s on the average of {len(self)} requests"


def spread(waits: Sequence[float]) -> float:
    """Give the seconds from the first tenth to the middle of them: stragglers are what a busy machine makes."""
    deciles = statistics.quantiles(waits, n=10)
    return deciles[4] - deciles[0]


def out_of_step(failed: Sequence[float], tried_again: Sequence[float]) -> float:
    """Give the part of all pairs of calls (0 to 1) that are tried again in another order than they failed in.

    It is next to 0 where all wait equally long: what comes late comes late in the same order, mostly. Where the waits
    are random it goes up to 0.5.

    Args:
        failed: when each call failed.
        tried_again: when each was tried again, in the same order of calls.
    """
    pairs = list(itertools.combinations(sorted(zip(failed, tried_again, strict=True)), 2))
    return sum(first[1] > second[1] for first, second in pairs) / len(pairs)
