"""An answer that never comes, or only when it is let go."""

from __future__ import annotations

from dataclasses import dataclass

from foodcourt.faults.replies.base import Reply, Wire
from foodcourt.faults.replies.normal import OK


@dataclass(frozen=True, slots=True)
class Hang(Reply):
    """Takes the request and never answers; when the fault ends, the connection is closed."""

    async def send(self, wire: Wire) -> None:
        """Send nothing."""
        await wire.until_released()
        await wire.finish()

    def __str__(self) -> str:
        """Say it in words."""
        return "never answers"


@dataclass(frozen=True, slots=True)
class Hold(Reply):
    """Takes the request and answers when the fault ends."""

    then: Reply = OK

    async def send(self, wire: Wire) -> None:
        """Wait for the end of the fault, then let the other reply answer."""
        await wire.until_released()
        await self.then.send(wire)

    @property
    def passes_on(self) -> bool:
        """As the reply that is held."""
        return self.then.passes_on

    def __str__(self) -> str:
        """Say it in words."""
        return f"holds the answer until released, then {self.then}"
