"""A line over which nothing comes any more, as in a network partition."""

from __future__ import annotations

import asyncio

from foodcourt.faults.toxics.base import Pace, Toxic


class Blackhole(Toxic):
    """Connections are accepted and stay open, but nothing passes; when it ends, what waited goes on."""

    def __init__(self) -> None:
        """Begin to swallow."""
        self._released = asyncio.Event()

    async def before(self, size: int, pace: Pace) -> None:
        """Wait for the end of the toxic."""
        await self._released.wait()

    def release(self) -> None:
        """Let what waited go on."""
        self._released.set()
