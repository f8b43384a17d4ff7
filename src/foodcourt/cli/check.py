"""`foodcourt check`: grades one submission of one exercise."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from foodcourt.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from foodcourt.catalog import Exercise
    from foodcourt.grading.grader import Grader
    from foodcourt.grading.verdicts import Report

__all__ = ["check"]


@click.command(epilog="Example: foodcourt check ex1 --hints 1")
@click.argument("exercise", metavar="EX")
@click.option(
    "--submission",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder to grade; default: exercises/<EX>.",
)
@click.option("--json", "json_target", metavar="FILE", help="Write the report there as JSON; - for stdout.")
@click.option("--watch", is_flag=True, help="Grade again whenever a file is saved, until Ctrl-C.")
@click.option(
    "--hints", type=click.IntRange(0, 3), default=0, metavar="N", help="Show up to N hints (1 to 3) for what failed."
)
@click.pass_context
def check(
    ctx: click.Context, exercise: str, submission: Path | None, json_target: str | None, watch: bool, hints: int
) -> None:
    """Grade one submission of the exercise EX: its folder's name, or ex1, or 1.

    Exit status: 0 when every required check passed, 1 when one did not, 2 when the grader could not tell.
    """
    # The parents of the learner's processes and of the checkers take longest: they start before all else is imported.
    from foodcourt.grading.grader import Grader

    with Grader() as grader:
        from rich.console import Console

        from foodcourt.catalog import find_exercise
        from foodcourt.grading.intake import look_at
        from foodcourt.workbook import find_workbook

        found = find_exercise(exercise, find_workbook())
        folder = submission or found.starter
        look_at(folder, found)
        target = _open_target(json_target, found)
        grader.prepare(found)
        console = Console(stderr=json_target == "-", highlight=False)
        if not console.is_terminal:
            console.width = 120
        if watch:
            from foodcourt.cli.watching import watch as watch_folder

            def grade(first: tuple[str, ...]) -> Report:
                report = _grade(grader, found, folder, console, hints, target, first)
                grader.prepare(found)  # for the next save
                return report

            watch_folder(folder, grade, besides=[Path(json_target)] if json_target else [])
        report = _grade(grader, found, folder, console, hints, target)
    ctx.exit(2 if report.broken else 0 if report.passed else 1)


def _grade(
    grader: Grader,
    exercise: Exercise,
    folder: Path,
    console: Console,
    hints: int,
    target: IO[str] | None,
    first: tuple[str, ...] = (),
) -> Report:
    from foodcourt.reports.terminal import TerminalReport

    submission = None if folder == exercise.starter else folder
    with TerminalReport(exercise, console, hints, submission) as display:
        report = grader.grade(
            exercise, folder, hints=hints, first=first, on_begin=display.begin, on_verdict=display.verdict
        )
    display.end(report)
    if target is not None:
        from foodcourt.reports.json_report import to_json

        # With --watch a new report replaces the last one; but what stands in stdout before ours is not ours.
        if target.seekable() and target.fileno() != sys.stdout.fileno():
            target.seek(0)
            target.truncate()
        target.write(to_json(report))
        target.flush()
    return report


def _open_target(name: str | None, exercise: Exercise) -> IO[str] | None:
    """Open the target before grading: a report that cannot be written should not be made first."""
    if name is None:
        return None
    try:
        return click.open_file(name, "w", encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot write the report to {name}: {error.strerror}\n"
            f"try another file, or the terminal: foodcourt check ex{exercise.number} --json -"
        ) from error
