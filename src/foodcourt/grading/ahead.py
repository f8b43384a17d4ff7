"""Checks that begin before their turn, because they wait a lot and hardly need the machine."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from foodcourt.grading.submission import Observation, Submission

__all__ = ["Ahead"]

T = TypeVar("T")


class Ahead(Generic[T]):
    """Something that is done to a submission, and judged, while other checks run.

    Only that it was right counts. What went wrong may be due to what ran beside it, so then it is done again when its
    check is at its turn, with nothing else going on.
    """

    def __init__(self, submission: Submission, act: Callable[[], T]) -> None:
        """Begin.

        Args:
            submission: to whom it is done.
            act: does it, and raises `CheckFailed` where what comes of it is not right. It may be called again.
        """
        self._submission = submission
        self._act = act
        self._observed: list[Observation] = []
        self._early: Future[T] | None = submission.early(act, self._observed)

    def result(self) -> T:
        """Give what came of it, and take what was observed into the evidence of the current check.

        Raises:
            CheckFailed: it is not right, and not so when it is done again either.
        """
        early, self._early = self._early, None
        if early is not None and early.exception() is None:
            self._submission.remember(self._observed)
            return early.result()
        return self._act()
