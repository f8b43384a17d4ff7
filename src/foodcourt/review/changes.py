"""What an instructor changes: a score, a comment, or the name that they sign with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Change", "Kind", "Target", "Wish"]


class Kind(StrEnum):
    """What a change is about."""

    SCORE = "score"
    """Another score than the grader's; without a number it takes that back."""
    COMMENT = "comment"
    """Words to the learner; empty ones take back what stood there."""
    NAME = "name"
    """What a login calls itself; the login stands in the place of the learner."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a change replaces: the last change of one target is the one that counts.

    Attributes:
        learner: as the class names them; hostile data.
        check: the id of a check; empty for the submission as a whole.
    """

    kind: Kind
    exercise: str
    learner: str
    check: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A change that is to be made.

    Attributes:
        text: the comment, or the reason for the score.
        score: points of the required checks; None where the change is no score or takes one back.
    """

    target: Target
    text: str
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was made; it is never altered again.

    Attributes:
        id: rises with every change.
        click: the id of the first change that was made by the same click.
        at: when, in UTC, as ISO 8601.
        who: the name of who made it.
        seen: the id of the last change of all that this person had seen.
    """

    id: int
    click: int
    at: str
    who: str
    seen: int
    target: Target
    text: str
    score: int | None

    @property
    def empty(self) -> bool:
        """Whether it takes back what stood there before."""
        return self.score is None if self.target.kind is Kind.SCORE else not self.text
