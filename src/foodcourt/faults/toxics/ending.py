"""A connection that ends after so many bytes, in order (FIN) or not (RST)."""

from __future__ import annotations

from foodcourt.faults.toxics.base import Ending, Toxic


class EndAfter(Toxic):
    """Ends each connection when so many bytes have passed under this toxic; 0 ends them at once."""

    def __init__(self, after: int, how: Ending) -> None:
        """Set the count.

        Raises:
            ValueError: `after` is negative.
        """
        if after < 0:
            raise ValueError(f"after counts bytes and cannot be negative, not {after}")
        self._after = after
        self._how: Ending = how

    def largest(self, passed: int) -> int:
        """Return what is left."""
        return self._after - passed

    def ending(self, passed: int) -> Ending | None:
        """End when nothing is left."""
        return self._how if passed >= self._after else None
