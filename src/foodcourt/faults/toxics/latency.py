"""Bytes that arrive late."""

from __future__ import annotations

import random

from foodcourt.faults.toxics.base import Toxic


class Latency(Toxic):
    """Holds bytes back for `seconds`, give or take `jitter`; throughput and order stay as they are."""

    def __init__(self, seconds: float, jitter: float, seed: int) -> None:
        """Draw the jitter evenly, from a generator with this seed.

        Raises:
            ValueError: a negative time.
        """
        if seconds < 0 or jitter < 0:
            raise ValueError("latency and jitter are at least 0 seconds")
        self._seconds = seconds
        self._jitter = jitter
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def hold(self) -> float:
        """Return the next latency."""
        return max(0.0, self._seconds + self._jitter * self._random.uniform(-1, 1))
