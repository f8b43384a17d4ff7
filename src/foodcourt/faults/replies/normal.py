"""What would have been answered anyway."""

from __future__ import annotations

from dataclasses import dataclass

from foodcourt.faults.replies.base import Reply, Wire


@dataclass(frozen=True, slots=True)
class Normal(Reply):
    """Answers as if the fault were not there: by an older fault, else by the route."""

    async def send(self, wire: Wire) -> None:
        """Hand on to the next reply."""
        await wire.next_reply().send(wire)

    @property
    def passes_on(self) -> bool:
        """Always: that is what it is for."""
        return True

    def __str__(self) -> str:
        """Say it in words."""
        return "answers as usual"


OK = Normal()
