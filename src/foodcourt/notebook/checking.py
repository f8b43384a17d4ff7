"""Grading an exercise from a cell."""

from __future__ import annotations

from pathlib import Path

from foodcourt.catalog import find_exercise
from foodcourt.errors import UsageError
from foodcourt.grading.grader import Grader
from foodcourt.notebook.outputs import publish
from foodcourt.reports.html import to_html
from foodcourt.reports.words import headline, next_step
from foodcourt.workbook import find_workbook

__all__ = ["check"]


def check(exercise: str, *, submission: str | None = None, hints: int = 0) -> None:
    """Grade an exercise and show the report: what `foodcourt check` says, as HTML.

    Args:
        exercise: `ex1`, `1` or the name of its folder.
        submission: the folder to grade; the exercise's own by default.
        hints: how many hints to show for what failed, 0 to 3.
    """
    try:
        found = find_exercise(exercise, find_workbook())
        folder = Path(submission) if submission else None
        with Grader() as grader:
            report = grader.grade(found, folder or found.starter, hints=hints)
    except UsageError as error:
        print(error)  # a sentence and the next command: a traceback would hide both
        return
    print(f"by hand: foodcourt check {exercise}" + (f" --submission {submission}" if submission else ""))
    publish(
        {
            "text/html": to_html(report, hints=hints, submission=folder),
            "text/plain": f"{headline(report)}\n{next_step(report, hints, folder)}",
        }
    )
