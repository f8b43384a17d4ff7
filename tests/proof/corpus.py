"""The submissions whose verdict is known, and whether ours agrees."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from foodcourt.catalog import Exercise
from proof.choosing import submissions
from proof.graded import Graded, Job
from proof.mistakes import Naming, likely_mistakes, naming, strangers
from proof.store import checker_digest, engine_digest, submission_digest

__all__ = ["Judged", "corpus_jobs", "judged"]


@dataclass(frozen=True)
class Judged:
    """A submission's verdict beside its expect.toml.

    Attributes:
        graded: what came out.
        expected: what the file asks for.
    """

    graded: Graded
    expected: dict[str, Any]

    @property
    def as_expected(self) -> bool:
        """Whether exactly the stated checks failed and were skipped, and the bonus is the stated one."""
        graded, expected = self.graded, self.expected
        return (
            not graded.errors
            and set(graded.failed) == set(expected.get("fails", ()))
            and set(graded.skipped) == set(expected.get("skips", ()))
            and graded.bonus == expected["bonus"]
        )

    @property
    def mistakes(self) -> list[str]:
        """The likely mistakes that the report tells."""
        return likely_mistakes(self.graded.messages.values())

    @property
    def naming(self) -> Naming:
        """How well they fit."""
        return naming(self.mistakes, self.expected["names"])

    @property
    def strangers(self) -> list[str]:
        """Those that are not made."""
        return strangers(self.mistakes, self.expected["names"])


def corpus_jobs(exercise: Exercise, kind: str) -> list[Job]:
    """Plan the gradings of an exercise's `right` or `wrong` submissions, all with the engine of now."""
    checker = checker_digest(exercise.checker) + engine_digest()
    return [
        Job(submission_digest(folder, checker), folder.name, exercise.slug, folder)
        for folder in submissions(exercise, kind)
    ]


def judged(job: Job, graded: Graded) -> Judged:
    """Put a verdict beside what was expected."""
    return Judged(graded, tomllib.loads((job.folder / "expect.toml").read_text(encoding="utf-8")))
