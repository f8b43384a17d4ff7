"""The parents of all processes that it takes to grade an exercise, started once and used for many submissions."""

from __future__ import annotations

import threading
from types import TracebackType

from foodcourt.catalog import Exercise
from foodcourt.errors import FoodCourtError
from foodcourt.processes import ForkServer

__all__ = ["ExerciseParents", "Parents"]

_CHECKER_MODULES = (
    "foodcourt.pytest_plugin",
    "certifi",
    "psutil",  # by what keeps a checker, in the end, when the learner waits for the verdict
    *("_pytest._argcomplete", "difflib", "encodings.idna", "pdb", "statistics", "unittest", "xml.etree.ElementTree"),
)
"""What every checker imports sooner or later."""
_HTTP_MODULES = ("foodcourt.faults", "foodcourt.grading.asking")
"""And who asks services: half as much again."""


class ExerciseParents:
    """Two fork servers, which start at once and import side by side.

    They are different interpreters; nothing of the one can be reached from the other.

    Attributes:
        checkers: the parent of the checkers, a pytest session that has collected them.
        programs: the parent of the learners' programs.
    """

    def __init__(self, exercise: Exercise) -> None:
        """Start both."""
        imports = exercise.imports
        http = _HTTP_MODULES if "uvicorn" in imports.commands else ()
        self.checkers = ForkServer(
            "pytest",
            extra=(*_CHECKER_MODULES, *http, *imports.checkers),
            within=("foodcourt.grading.checker:wait_collected", str(exercise.checker)),
        )
        self.programs = ForkServer(*imports.commands, extra=imports.programs)

    @property
    def alive(self) -> bool:
        """Whether both run: one may have been killed, for memory that others took."""
        return self.checkers.alive and self.programs.alive

    def close(self) -> None:
        """End both, and everything that they started."""
        self.checkers.close()
        self.programs.close()


class Parents:
    """The parents for each exercise, started when first needed; several graders may share them."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._found: dict[Exercise, ExerciseParents] = {}
        self._closed = False

    def of(self, exercise: Exercise) -> ExerciseParents:
        """Give those of an exercise, new ones where one of them has ended.

        Raises:
            FoodCourtError: all was closed.
        """
        with self._lock:
            if self._closed:
                raise FoodCourtError("the grader was closed while it began to grade")
            found = self._found.get(exercise)
            if found is None or not found.alive:
                if found is not None:
                    found.close()
                found = self._found[exercise] = ExerciseParents(exercise)
            return found

    def close(self) -> None:
        """End them all."""
        with self._lock:
            self._closed = True
            for parents in self._found.values():
                parents.close()
            self._found.clear()

    def __enter__(self) -> Parents:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()
