"""What the checks of exercise 3 share: things that take time are done ahead, while other checks run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, Protocol, TypeVar

from foodcourt.grading.failures import CheckFailed
from foodcourt.grading.submission import Submission


class Outcome(Protocol):
    """What came of something that was done to the submission."""

    def remember(self, submission: Submission) -> None:
        """Take it into the evidence of the current check."""


T = TypeVar("T", bound=Outcome)


class Ahead(Generic[T]):
    """Something that is done early, as waiting for it takes time but little work, and judged later.

    Args:
        submission: to whom it is done.
        act: does it.
        judge: raises `CheckFailed` where what came of it is not right.
    """

    def __init__(self, submission: Submission, act: Callable[[], T], judge: Callable[[T], None]) -> None:
        """Do it for the first time, while other checks run."""
        self._submission = submission
        self._act = act
        self._judge = judge
        self._early: Future[T] | None = submission.early(act)

    def expect(self) -> None:
        """Give the verdict: on what came of it early if that was right, else on what comes of doing it again.

        Raises:
            CheckFailed: it is not right.
        """
        early, self._early = self._early, None
        if early is None or not self._was_right(early):
            early = self._submission.early(self._act)  # with nothing else going on, this time
        outcome = early.result()
        outcome.remember(self._submission)
        self._judge(outcome)

    def _was_right(self, early: Future[T]) -> bool:
        try:
            self._judge(early.result())
        except CheckFailed:
            return False
        return True
