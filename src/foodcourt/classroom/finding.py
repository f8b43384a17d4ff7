"""Work of a learner that was found somewhere, before anything of it is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from foodcourt.catalog import Exercise

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Work of one learner on one exercise, as it lies there.

    Attributes:
        learner: whose it is.
        exercise: what it is of.
        path: a folder, an archive, or the first of several files.
        files: name and path of each file, where they were uploaded one by one.
        late: whether the learning platform says that it came late.
        rank: of several, the highest is graded.
        problem: why it cannot be looked at, as a sentence without its subject, or empty.
    """

    learner: str
    exercise: Exercise
    path: Path
    files: tuple[tuple[str, Path], ...] = ()
    late: bool = False
    rank: int = 0
    problem: str = ""

    @property
    def whole(self) -> int:
        """How likely it is all that belongs to the exercise, as far as names tell: 0 where it is nothing of that."""
        if not self.files:
            return 1
        names = {name for name, _ in self.files}
        return 2 if names.issuperset(self.exercise.files) else int(not names.isdisjoint(self.exercise.files))
