"""The boxes of a submission's page: one click saves what was changed in any of them, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from foodcourt.catalog import Exercise
from foodcourt.reports.words import plain
from foodcourt.review.changes import Change, Kind, Target, Wish
from foodcourt.review.forms import Form, whole_number

__all__ = ["Boxes", "comments_shown"]

_COMMENT = "comment-"
"""A check's id follows it in the name of its box; nothing, for the submission as a whole."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """What was typed and is not saved.

    Attributes:
        comments: by the check's id, the comments that differ from those that the page showed.
        score: as it was typed.
        reason: for a score, or for taking one back.
        back: whether the grader's score is to count again.
    """

    comments: Mapping[str, str] = field(default_factory=dict)
    score: str = ""
    reason: str = ""
    back: bool = False

    @classmethod
    def sent(cls, form: Form, shown: Mapping[str, str]) -> Boxes:
        """Read a form.

        Args:
            form: what the browser sent.
            shown: the comments that its page showed, by the check's id.

        Raises:
            HTTPException: 413 if a text is too long.
        """
        texts = {name.removeprefix(_COMMENT): form.text(name) for name in form.fields if name.startswith(_COMMENT)}
        # A page shows control characters as what they are called: that is what comes back.
        changed = {check: text for check, text in texts.items() if plain(text) != plain(shown.get(check, ""))}
        return cls(changed, form.text("score"), form.text("reason"), bool(form.text("back")))

    def problem(self, exercise: Exercise) -> str:
        """Say why it cannot be saved; empty if it can."""
        strange = [check for check in self.comments if check and check not in {spec.id for spec in exercise.checks}]
        if strange:
            return f"there is no check {strange[0][:100]!r} any more"
        if self.back and (self.score or not self.reason):
            return "expected a reason for letting the grader's score count again, and no other score"
        if not self.back and (self.score or self.reason) and (self._score(exercise) is None or not self.reason):
            return f"expected a whole number from 0 to {exercise.max_score} as the score, and a reason"
        if not (self.comments or self.score or self.reason):
            return "expected a change: a comment, or a score with a reason"
        return ""

    def wishes(self, exercise: Exercise, learner: str) -> list[Wish]:
        """Give what is to be changed, where there is no `problem`."""
        wishes = [
            Wish(Target(Kind.COMMENT, exercise.slug, learner, check), text) for check, text in self.comments.items()
        ]
        if self.reason:
            score = None if self.back else self._score(exercise)
            wishes.append(Wish(Target(Kind.SCORE, exercise.slug, learner), self.reason, score))
        return wishes

    def _score(self, exercise: Exercise) -> int | None:
        number = whole_number(self.score)
        return number if number is not None and number <= exercise.max_score else None


def comments_shown(history: Sequence[Change], seen: int) -> dict[str, str]:
    """Give the comments on a submission, by the check's id, as they were when a page was written.

    Args:
        history: all changes to the submission, the last one first.
        seen: the id of the last change of all that the page knew.
    """
    return {
        change.target.check: change.text
        for change in reversed(history)
        if change.target.kind is Kind.COMMENT and change.id <= seen
    }
