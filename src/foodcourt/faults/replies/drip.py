"""An answer that comes a few bytes at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from foodcourt.faults.replies.base import Part, Reply, Stretch, Wire, WrappedWire, in_stretch
from foodcourt.faults.replies.normal import OK


@dataclass(frozen=True, slots=True)
class Drip(Reply):
    """Sends `size` bytes, waits `every` seconds, sends the next ones…

    Attributes:
        size: bytes per drop.
        every: seconds between two drops.
        of: what drips: the `"body"`, the `"head"` or the whole `"answer"`; the rest is sent at once.
        then: the answer that drips.
    """

    size: int = 1
    every: float = 0.1
    of: Stretch = "body"
    then: Reply = OK

    def __post_init__(self) -> None:
        """Refuse drops of nothing.

        Raises:
            ValueError: `size` is below 1 or `every` is negative.
        """
        if self.size < 1 or self.every < 0:
            raise ValueError("a drip needs size >= 1 (bytes) and every >= 0 (seconds)")

    async def send(self, wire: Wire) -> None:
        """Let the other reply answer over a dripping wire."""
        await self.then.send(_DrippingWire(wire, self))

    @property
    def passes_on(self) -> bool:
        """As the reply that drips."""
        return self.then.passes_on

    def __str__(self) -> str:
        """Say it in words."""
        unit = "byte" if self.size == 1 else "bytes"
        return f"drips {self.size} {unit} of the {self.of} every {self.every:g} s: {self.then}"


class _DrippingWire(WrappedWire):
    def __init__(self, inner: Wire, drip: Drip) -> None:
        super().__init__(inner)
        self._drip = drip
        self._started = False

    async def send(self, data: bytes, part: Part) -> None:
        if not in_stretch(part, self._drip.of):
            await self.inner.send(data, part)
            return
        for start in range(0, len(data), self._drip.size):
            if self._started:
                await asyncio.sleep(self._drip.every)
            self._started = True
            await self.inner.send(data[start : start + self._drip.size], part)
