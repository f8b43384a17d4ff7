"""A line that carries few bytes a second."""

from __future__ import annotations

import asyncio

from foodcourt.faults.toxics.base import Pace, Toxic

_PIECE = 0.02  # seconds' worth of bytes that pass at once


class Throttle(Toxic):
    """Lets so many bytes a second pass, for each connection and direction."""

    def __init__(self, bytes_per_second: float) -> None:
        """Set the rate.

        Raises:
            ValueError: the rate is not above 0.
        """
        if bytes_per_second <= 0:
            raise ValueError("a throttle lets more than 0 bytes a second pass; blackhole() lets none")
        self._rate = bytes_per_second

    def largest(self, passed: int) -> int:
        """Return what passes in a short while."""
        return max(1, int(self._rate * _PIECE))

    async def before(self, size: int, pace: Pace) -> None:
        """Wait as long as the piece takes on the slow line."""
        now = asyncio.get_running_loop().time()
        pace.busy_until = max(now, pace.busy_until) + size / self._rate
        await asyncio.sleep(pace.busy_until - now)
