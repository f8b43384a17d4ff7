"""What `foodcourt run` shows while notebooks run: bars on a terminal, a line a notebook elsewhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from foodcourt.lab.execute import Outcome

__all__ = ["Display"]


class Display:
    """The progress of several notebooks; a context manager.

    Args:
        notebooks: what will run, in order.
    """

    def __init__(self, notebooks: Sequence[Path]) -> None:
        """Show nothing yet."""
        self._console = Console(highlight=False)
        self._width = max(len(path.stem) for path in notebooks)
        self._count = len(notebooks)
        self._started = time.monotonic()
        self._bars: Progress | None = None
        self._tasks: dict[Path, TaskID] = {}
        if self._console.is_terminal:
            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("cells"),
                TimeElapsedColumn(),
                TextColumn("{task.fields[verdict]}"),
                console=self._console,
            )
            for path in notebooks:
                self._tasks[path] = self._bars.add_task(path.stem, start=False, total=None, verdict="")

    def progress(self, notebook: Path, done: int, total: int) -> None:
        """Show that so many code cells of a notebook are done."""
        if self._bars is not None:
            task = self._tasks[notebook]
            if done == 0:
                self._bars.start_task(task)
            self._bars.update(task, completed=done, total=total)

    def done(self, outcome: Outcome) -> None:
        """Show that a notebook ended."""
        verdict = f"failed at cell {outcome.failure.cell}" if outcome.failure else "ok"
        if outcome.stored:
            verdict += ", stored"
        if self._bars is None:
            name = outcome.notebook.stem.ljust(self._width)
            self._console.print(f"{name}  {outcome.cells} cells  {outcome.seconds:.1f} s  {verdict}", soft_wrap=True)
        else:
            task = self._tasks[outcome.notebook]
            self._bars.stop_task(task)
            self._bars.update(task, verdict=verdict)

    def __enter__(self) -> Display:
        """Begin to show."""
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Leave what was shown last and, unless it was broken off, say how long it took in all."""
        if self._bars is not None:
            self._bars.stop()
        if kind is not None:
            return
        noun = "notebook" if self._count == 1 else "notebooks"
        self._console.print(f"{self._count} {noun} in {time.monotonic() - self._started:.1f} s", soft_wrap=True)
