"""What the instructors' changes come to: of all that was changed, what counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from foodcourt.errors import UsageError
from foodcourt.review.changes import Change, Kind, Target
from foodcourt.review.store import FILE_NAME, Store

__all__ = ["Marks"]


@dataclass(frozen=True, slots=True)
class Marks:
    """The changes that count at one moment.

    Attributes:
        latest: for every target the last change.
        last: the id of the last change of all; forms carry it, so that an edit of something stale is noticed.
    """

    latest: Mapping[Target, Change] = field(default_factory=dict)
    last: int = 0

    @classmethod
    def load(cls, out: Path) -> Marks:
        """Read what was changed so far of the class in `out`; nothing where it was never reviewed.

        Raises:
            UsageError: the review is there, but cannot be read.
        """
        path = out / FILE_NAME
        if not path.is_file():
            return cls()
        try:
            return cls.of(Store(path))
        except sqlite3.Error as error:
            raise UsageError(
                f"cannot read the review in {path}: {error}\n"
                "expected the comments and scores that were set by hand; next: put a copy from before in its place"
            ) from error

    @classmethod
    def of(cls, store: Store) -> Marks:
        """Take what counts now."""
        latest = store.latest()  # asked once: the last change of all is the last one of its target
        return cls(latest, max((change.id for change in latest.values()), default=0))

    def override(self, exercise: str, learner: str) -> Change | None:
        """Give the change that set the score by hand, or None where the grader's counts."""
        change = self.latest.get(Target(Kind.SCORE, exercise, learner))
        return None if change is None or change.empty else change

    def score_by_hand(self, learner: str, exercise: str) -> int | None:
        """Give the score that was set by hand, or None where the grader's counts: what the exports ask for."""
        change = self.override(exercise, learner)
        return None if change is None else change.score

    def comment(self, exercise: str, learner: str, check: str = "") -> Change | None:
        """Give the comment on a check, or on the submission as a whole; None where there is none."""
        change = self.latest.get(Target(Kind.COMMENT, exercise, learner, check))
        return None if change is None or change.empty else change

    def overrides(self) -> Iterable[tuple[str, str, Change]]:
        """Give learner, exercise and change of every score that was set by hand."""
        for target, change in self.latest.items():
            if target.kind is Kind.SCORE and not change.empty:
                yield target.learner, target.exercise, change
