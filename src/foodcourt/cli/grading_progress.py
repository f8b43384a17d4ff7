"""What `foodcourt grade` shows while it grades: a bar on a terminal, a line a submission elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

if TYPE_CHECKING:
    from foodcourt.batch.grade_class import Plan
    from foodcourt.batch.tasks import Task
    from foodcourt.grading.verdicts import Report

__all__ = ["GradingProgress"]

_NAME = 40
"""Characters of a learner's name that are shown."""


class GradingProgress:
    """The progress of a class; a context manager. Names are learners', and shown as text, whatever is in them."""

    def __init__(self, what: Plan, *, resume: bool) -> None:
        """Show nothing yet.

        Args:
            what: what is to be done.
            resume: whether some of it was done before.
        """
        self._console = Console(highlight=False, markup=False)
        self._total = len(what.todo)
        self._handed_in = sum(not entry.problem for entry in what.classroom.entries)
        self._before = len(what.done) if resume else None
        self._done = 0
        self._started = time.monotonic()
        self._bar: Progress | None = None
        if self._console.is_terminal and self._total:
            self._bar = Progress(
                TextColumn("grading"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("left"),
                TimeRemainingColumn(),
                console=self._console,
            )
            self._task = self._bar.add_task("grading", total=self._total)

    def report(self, task: Task, report: Report) -> None:
        """Show that a submission was graded."""
        self._done += 1
        verdict = "not graded: the grader broke" if report.broken else f"{report.score} of {report.max_score}"
        others = f" and {len(task.learners) - 1} more" if len(task.learners) > 1 else ""
        line = f"{self._done:>{len(str(self._total))}}/{self._total}  {task.exercise.slug}  {verdict:>10}  "
        line += f"{printable(task.learners[0])}{others}"
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)
            self._bar.console.print(Text(line), soft_wrap=True)
        else:
            elapsed = time.monotonic() - self._started
            left = elapsed / self._done * (self._total - self._done)
            self._console.print(Text(f"{line}  {left:.0f} s left"), soft_wrap=True)

    def __enter__(self) -> GradingProgress:
        """Say what there is to do, and begin to show."""
        kept = "" if self._before is None else f", {self._before} of them graded before"
        works = counted(self._handed_in, "submission")
        different = counted(self._total + (self._before or 0), "different one")
        self._console.print(f"{works}, {different}{kept}", soft_wrap=True)
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing and, unless it was broken off, say how long it took."""
        if self._bar is not None:
            self._bar.stop()
        if kind is None:
            self._console.print(f"{self._done} graded in {time.monotonic() - self._started:.1f} s", soft_wrap=True)


def counted(count: int, what: str) -> str:
    """Say how many there are of something."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def printable(name: str) -> str:
    """Give a name as text of one line and of bounded length: what is not printable as its escape."""
    text = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in name)
    return text if len(text) <= _NAME else f"{text[: _NAME - 1]}…"
