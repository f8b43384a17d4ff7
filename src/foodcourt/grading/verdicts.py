"""Verdicts: the outcome of a check, the evidence for it, and the report that holds them all.

The JSON form of a `Report` is described by `report.schema.json` in this folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

__all__ = ["Evidence", "Outcome", "Report", "Verdict"]


class Outcome(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    """The learner's work fell short."""
    SKIPPED = "skipped"
    """A check it needs did not pass."""
    ERROR = "error"
    """The grader broke: never the learner's fault."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was observed, as text.

    Attributes:
        kind: `timeline` (the exchange on the wire), `log` (the learner's output), `http` (how to ask by hand) or
            `diff`.
        title: one line that says what it is.
        text: the evidence; data of the learner, so never to be shown as markup.
    """

    kind: Literal["timeline", "log", "http", "diff"]
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check.

    Attributes:
        message: expected, observed and the likely mistake; empty when it passed.
        hint: what the asked-for hint levels tell, empty if none was asked for or it passed.
        duration_s: seconds that the check took.
    """

    id: str
    title: str
    required: bool
    points: int
    max_points: int
    outcome: Outcome
    message: str
    hint: str = ""
    evidence: tuple[Evidence, ...] = field(default=())
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """The verdicts on one submission of one exercise.

    Attributes:
        learner: whose work it is, where that is known.
        sandbox: what the learner's processes ran under; `off` for nothing.
        started_at: when grading began, with a time zone.
        duration_s: seconds that it took.
    """

    exercise: str
    learner: str | None
    sandbox: str
    started_at: datetime
    duration_s: float
    checks: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether every required check passed."""
        return all(check.outcome is Outcome.PASSED for check in self.checks if check.required)

    @property
    def broken(self) -> bool:
        """Whether the grader broke on some check, so that the report is no verdict on the learner's work."""
        return any(check.outcome is Outcome.ERROR for check in self.checks)

    @property
    def score(self) -> int:
        """Points of the required checks that passed."""
        return sum(check.points for check in self.checks if check.required)

    @property
    def max_score(self) -> int:
        """Points of all required checks."""
        return sum(check.max_points for check in self.checks if check.required)

    @property
    def bonus(self) -> int:
        """Points of the stretch checks that passed."""
        return sum(check.points for check in self.checks if not check.required)

    @property
    def max_bonus(self) -> int:
        """Points of all stretch checks."""
        return sum(check.max_points for check in self.checks if not check.required)

    def as_json(self) -> dict[str, Any]:
        """Give the report as the JSON object that the schema describes."""
        return {
            "schema": 1,
            "exercise": self.exercise,
            "learner": self.learner,
            "passed": self.passed,
            "score": self.score,
            "max_score": self.max_score,
            "bonus": self.bonus,
            "max_bonus": self.max_bonus,
            "started_at": self.started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "duration_s": round(self.duration_s, 3),
            "sandbox": self.sandbox,
            "checks": [asdict(check) for check in self.checks],
        }


def evidence_from(items: Iterable[Mapping[str, str]]) -> tuple[Evidence, ...]:
    """Rebuild evidence from its JSON form."""
    return tuple(Evidence(kind=item["kind"], title=item["title"], text=item["text"]) for item in items)  # type: ignore[arg-type]
