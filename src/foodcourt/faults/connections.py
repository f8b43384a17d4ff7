"""How many connections there were, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Connections:
    """Counts since the start, or the last `forget()`.

    Attributes:
        accepted: all that were taken.
        open: those that are open now, older ones included.
        idle: closed ones that were never used: not one call, or (proxy) not one byte, came over them.
        failed: those that sent what could not be parsed, or (proxy) whose target could not be reached.
        turned_away: those that were dropped at once because too many were open; not among `accepted`.
    """

    accepted: int = 0
    open: int = 0
    idle: int = 0
    failed: int = 0
    turned_away: int = 0

    def plus(self, **steps: int) -> Connections:
        """Return the counts with these added."""
        return replace(self, **{name: getattr(self, name) + step for name, step in steps.items()})
