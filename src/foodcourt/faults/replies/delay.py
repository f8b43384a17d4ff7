"""An answer that comes late."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from foodcourt.faults.replies.base import Reply, Wire
from foodcourt.faults.replies.normal import OK


@dataclass(frozen=True, slots=True)
class Delay(Reply):
    """Stays silent for so many seconds, then answers."""

    seconds: float
    then: Reply = OK

    def __post_init__(self) -> None:
        """Refuse a negative time.

        Raises:
            ValueError: `seconds` is negative.
        """
        if self.seconds < 0:
            raise ValueError(f"a delay is at least 0 seconds, not {self.seconds}")

    async def send(self, wire: Wire) -> None:
        """Wait, then let the other reply answer."""
        await asyncio.sleep(self.seconds)
        await self.then.send(wire)

    @property
    def passes_on(self) -> bool:
        """As the reply that follows."""
        return self.then.passes_on

    def __str__(self) -> str:
        """Say it in words."""
        return f"waits {self.seconds:g} s, then {self.then}"
