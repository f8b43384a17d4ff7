"""The report on a terminal: each verdict as it comes, then the sum and the next step."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from foodcourt.catalog import CheckSpec, Exercise
from foodcourt.grading.verdicts import Outcome, Report, Verdict
from foodcourt.reports.words import MARKS, headline, next_step, plain, points

__all__ = ["TerminalReport"]

_STYLES = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.SKIPPED: "dim", Outcome.ERROR: "magenta"}
_EVIDENCE_LINES = 14


class TerminalReport:
    """Writes verdicts as they are given; a context manager, for the line that says which check runs now.

    Args:
        exercise: what is graded.
        console: where to write.
        hints: how many hints were asked for, 0 to 3.
        submission: the folder that is graded, where it is not the exercise's own.
    """

    def __init__(self, exercise: Exercise, console: Console, hints: int = 0, submission: Path | None = None) -> None:
        """Write nothing yet."""
        self._submission = submission
        self._console = console
        self._hints = hints
        self._width = max(len(spec.id) for spec in exercise.checks)
        self._total = len(exercise.checks)
        self._done = 0
        self._explained = False
        self._status = console.status(Text(f"{exercise.title}: starting …"))

    def begin(self, spec: CheckSpec) -> None:
        """Say which check runs now."""
        self._status.update(Text(f"{self._done + 1}/{self._total}  {spec.id}: {spec.title}"))

    def verdict(self, verdict: Verdict) -> None:
        """Write one verdict; the first that failed with all its evidence, the others with their message."""
        self._done += 1
        line = Text.assemble(
            (f"{MARKS[verdict.outcome]} {verdict.outcome:<7}", _STYLES[verdict.outcome]),
            f"  {verdict.id:<{self._width}}  {verdict.title}  ",
            (points(verdict), "dim"),
        )
        self._console.print(line, soft_wrap=True)
        if verdict.outcome is Outcome.PASSED:
            return
        self._indent(plain(verdict.message), "" if verdict.outcome is not Outcome.SKIPPED else "dim")
        if verdict.hint:
            self._indent(f"hint: {verdict.hint}", "cyan")
        if verdict.outcome is Outcome.FAILED and not self._explained:
            self._explained = True
            for piece in verdict.evidence:
                self._indent(f"{plain(piece.title)}:", "dim")
                lines = plain(piece.text).splitlines()
                self._indent("\n".join(lines[-_EVIDENCE_LINES:]), "dim", by=12)

    def _indent(self, text: str, style: str, by: int = 10) -> None:
        for line in Text(text, style=style).wrap(self._console, max(self._console.width - by, 20)):
            line.rstrip()
            self._console.print(Text(" " * by).append_text(line) if line else "", soft_wrap=True)

    def end(self, report: Report) -> None:
        """Write the sum and what to do next."""
        style = "green" if report.passed else "bold"
        self._console.print(Text(f"\n{headline(report)}", style=style), soft_wrap=True)
        self._console.print(Text(next_step(report, self._hints, self._submission)), soft_wrap=True)

    def __enter__(self) -> TerminalReport:
        """Show the line."""
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away."""
        self._status.stop()
