"""Submissions that failed alike: the same checks failed, and said the same but for the data of the run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from foodcourt.grading.verdicts import Outcome, Report

__all__ = ["Failure", "Group", "group_alike", "normalise"]

_LONGEST = 4_000
# Each run asks with other data, so values say nothing about the mistake; keys, types and statuses do.
_REPLACED = (
    (re.compile(r'(: ?|, ?|\[)"(?:[^"\\\n]|\\.)*"(?!\s*:)'), r'\1"…"'),
    (re.compile(r"\b[\w.+-]{1,64}@[\w.-]{1,64}"), "EMAIL"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "ID"),
    (re.compile(r"\b0x[0-9a-f]+\b", re.IGNORECASE), "ADDRESS"),
)
# An HTTP status says something.
_NUMBER = re.compile(r"(\b(?:expected|got|answered|status) [1-5]\d\d\b)|(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Failure:
    """One check that failed, and its message without the data of the run."""

    check: str
    message: str


@dataclass(frozen=True, slots=True)
class Group:
    """Submissions of one exercise that failed alike.

    Attributes:
        key: short and the same on every run of this program.
        failures: by check, in the checker's order.
        learners: sorted.
    """

    key: str
    failures: tuple[Failure, ...]
    learners: tuple[str, ...]


def normalise(message: str) -> str:
    """Take out of a message what differs from run to run: numbers, addresses, quoted values of JSON."""
    text = message[:_LONGEST]
    for pattern, instead in _REPLACED:
        text = pattern.sub(instead, text)
    return _NUMBER.sub(lambda found: found[1] or "N", text).strip()


def group_alike(reports: Iterable[tuple[str, Report]]) -> tuple[Group, ...]:
    """Put learners together whose submissions failed alike; the largest group first.

    Args:
        reports: learner and report, all of one exercise.
    """
    found: dict[tuple[Failure, ...], list[str]] = {}
    for learner, report in reports:
        failures = tuple(
            Failure(check.id, normalise(check.message))
            for check in report.checks
            if check.outcome in (Outcome.FAILED, Outcome.ERROR)
        )
        if failures:
            found.setdefault(failures, []).append(learner)
    groups = [Group(_key(failures), failures, tuple(sorted(learners))) for failures, learners in found.items()]
    return tuple(sorted(groups, key=lambda group: (-len(group.learners), group.key)))


def _key(failures: tuple[Failure, ...]) -> str:
    text = "\0".join(part for failure in failures for part in (failure.check, failure.message))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
