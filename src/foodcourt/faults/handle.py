"""Something that stays in force until it is ended."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self


class Handle:
    """What every fault verb returns: `end()` it, or use it in a `with` block that ends it."""

    def __init__(self, undo: Callable[[], None]) -> None:
        """Keep what puts things back."""
        self._undo: Callable[[], None] | None = undo

    def end(self) -> None:
        """Put back what was there before; doing it twice does no harm."""
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def __enter__(self) -> Self:
        """Return the handle; the fault has been in force since the verb was called."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the fault."""
        self.end()
