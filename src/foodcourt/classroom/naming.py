"""Which exercise something is of, by its name."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from foodcourt.catalog import Exercise, find_exercise
from foodcourt.classroom.archives import is_archive
from foodcourt.errors import UsageError
from foodcourt.workbook import Workbook

__all__ = ["Naming"]


class Naming:
    """Knows how the exercises of a workbook are called."""

    def __init__(self, workbook: Workbook) -> None:
        """Know those of `workbook`."""
        self._workbook = workbook
        self._known: dict[tuple[str, bool], Exercise | None] = {}

    def exercise(self, name: str, *, loosely: bool = False) -> Exercise | None:
        """Tell which exercise a folder or a file is of; None where its name tells none, or several.

        Args:
            name: its name.
            loosely: whether it may say more than that, as `Exercise 1 - copy` does.
        """
        if (name, loosely) not in self._known:
            self._known[name, loosely] = next(self._found(name, loosely), None)
        return self._known[name, loosely]

    def _found(self, name: str, loosely: bool) -> Iterator[Exercise]:
        candidates = [re.sub(r"( \(\d+\))?(\.tar)?\.\w+$", "", name) if is_archive(name) else name]
        if loosely:
            numbers = set(re.findall(r"(?<![^\W_])ex(?:ercise)?[ _-]?0*(\d+)(?!\d)", name, re.IGNORECASE))
            candidates += [f"ex{number}" for number in numbers if len(numbers) == 1]
        for candidate in candidates:
            with contextlib.suppress(UsageError):
                yield find_exercise(candidate, self._workbook)
