"""What a toxic may do to the bytes of one direction of one connection."""

from __future__ import annotations

from typing import Literal, TypeAlias

Ending: TypeAlias = Literal["cut", "reset"]

CHUNK = 16 * 1024  # bytes read at once


class Pace:
    """Until when a direction of a connection is busy with what it has been given; seconds of loop time."""

    __slots__ = ("busy_until",)

    def __init__(self) -> None:
        """Begin free."""
        self.busy_until = 0.0


class Toxic:
    """Harmless by itself: each toxic changes one or two of these. They are asked in the loop's thread."""

    def hold(self) -> float:
        """Return for how many seconds bytes that have just been read are held back."""
        return 0.0

    def largest(self, passed: int) -> int:
        """Return how many bytes may pass in one piece after `passed` bytes under this toxic."""
        return CHUNK

    async def before(self, size: int, pace: Pace) -> None:
        """Wait until a piece of `size` bytes may pass; size 0 asks for the connection itself."""

    def ending(self, passed: int) -> Ending | None:
        """Return how the connection ends now that `passed` bytes have passed under this toxic, if it does."""
        return None

    def release(self) -> None:
        """Let go of what waits: the toxic is taken off."""
