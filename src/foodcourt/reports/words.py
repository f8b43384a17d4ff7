"""The words that every form of the report shares."""

from __future__ import annotations

import shlex
import unicodedata
from collections import Counter
from pathlib import Path

from foodcourt.grading.verdicts import Outcome, Report, Verdict

__all__ = ["MARKS", "headline", "next_step", "plain", "points"]

MARKS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.SKIPPED: "–", Outcome.ERROR: "!"}


def plain(text: str) -> str:
    """Make a learner's text harmless on a terminal: control characters become visible, line breaks stay."""
    return "".join(
        character if character in "\n\t" or unicodedata.category(character)[0] != "C" else f"\\x{ord(character):02x}"
        for character in text
    )


def points(verdict: Verdict) -> str:
    """Say what a check gave: `10/10`, or `bonus 0/10`."""
    return f"{'' if verdict.required else 'bonus '}{verdict.points}/{verdict.max_points}"


def headline(report: Report) -> str:
    """Say in one line how it went, and what the learner's programs ran under."""
    result = "the grader broke" if report.broken else "passed" if report.passed else "not passed yet"
    counts = Counter(check.outcome for check in report.checks)
    parts = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    bonus = f" + {report.bonus} of {report.max_bonus} bonus" if report.max_bonus else ""
    sandbox = "no sandbox" if report.sandbox == "off" else f"sandbox: {plain(report.sandbox)}"
    points_ = f"{report.score} of {report.max_score} points{bonus}"
    return f"{result}: {points_} ({parts}) in {report.duration_s:.1f} s, {sandbox}"


def next_step(report: Report, hints: int = 0, submission: Path | None = None) -> str:
    """Say what to do next: where to begin, and the command that tells more.

    Args:
        report: what came out.
        hints: how many hints it shows already.
        submission: the folder that was graded, where it is not the exercise's own.
    """
    short = report.exercise.partition("_")[0]
    if report.broken:
        return "this is our fault, not yours; see what is missing with: foodcourt doctor"
    if report.passed:
        stretch = next((check for check in report.checks if check.outcome is Outcome.FAILED), None)
        if stretch is None:
            return "well done"
        return f"well done; if you like, go for the bonus: {stretch.title}"
    # A required check may be skipped for a stretch check that failed: then that one is the first to mend.
    failed = sorted((c for c in report.checks if c.outcome is Outcome.FAILED), key=lambda c: not c.required)
    first = failed[0]
    folder = f" --submission {shlex.quote(str(submission))}" if submission else ""
    more = f"; a hint: foodcourt check {short}{folder} --hints {hints + 1}" if hints < 3 else ""
    return f"begin with {first.id}: {first.title}{more}"
