"""The runs of a soak: every right submission of an exercise, a number of times, with a key for each run."""

from __future__ import annotations

from foodcourt.catalog import Exercise
from proof.choosing import submissions
from proof.graded import Graded, Job
from proof.store import Store, checker_digest, submission_digest

__all__ = ["Soaked", "rejections"]

MANY = 1000
"""More runs than anybody has patience for."""


class Soaked:
    """The runs of one exercise."""

    def __init__(self, exercise: Exercise, runs: int = MANY, name: str = "") -> None:
        """Plan the runs of the right submissions whose name holds `name`; nothing is graded."""
        self.exercise = exercise
        checker = checker_digest(exercise.checker)
        self.jobs = [
            Job(f"{submission_digest(folder, checker)}#{run}", folder.name, exercise.slug, folder)
            for folder in submissions(exercise, "right")
            if name in folder.name
            for run in range(runs)
        ]

    def stored(self, store: Store) -> list[Graded]:
        """Give the verdicts that there are already."""
        return [Graded.read(result) for job in self.jobs if (result := store.get(job.key)) is not None]


def rejections(graded: Graded) -> list[str]:
    """Give a line for each required check that did not pass, or none."""
    if graded.passed:
        return []
    ids = [*graded.failed, *graded.errors, *graded.skipped]
    return [f"rejected: {graded.name}: {id_}: {graded.messages[id_]}" for id_ in ids]
