"""`foodcourt run`: notebooks without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from pathlib import Path

    from foodcourt.lab.execute import Outcome, Settings
    from foodcourt.workbook import Workbook

__all__ = ["run"]

_SOURCE_LINES = 12
_DETAIL_LINES = 15


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from foodcourt.errors import FoodCourtError
    from foodcourt.lab.notebooks import list_notebooks
    from foodcourt.workbook import find_workbook

    try:
        names = [path.stem for path in list_notebooks(find_workbook())]
    except FoodCourtError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command(epilog="Example: foodcourt run 02 03_service_to_service_http")
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...", shell_complete=_complete)
@click.option("--save", is_flag=True, help="Store the outputs in the notebooks; without it files stay untouched.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=120.0, show_default=True, metavar="SECONDS",
    help="How long one cell may take.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
    help="How many notebooks run at a time. They measure times, so more than one blurs what they measure.",
)  # fmt: skip
@click.pass_context
def run(ctx: click.Context, notebooks: tuple[str, ...], save: bool, timeout: float, jobs: int) -> None:
    """Execute notebooks without a browser.

    Every cell from top to bottom in a fresh kernel, as Restart-and-run-all would; all notebooks when none is
    named. NOTEBOOK is a name (02_a_minimal_fastapi_service), a number (2 or 02) or a path. The status is 1 when a
    cell fails.
    """
    import os
    import tempfile

    from foodcourt.lab import jupyter_environment
    from foodcourt.lab.notebooks import resolve_notebooks
    from foodcourt.workbook import find_workbook

    workbook = find_workbook()
    chosen = resolve_notebooks(workbook, notebooks)
    # Jupyter reads its folders from here, and kernels inherit it.
    os.environ.update(jupyter_environment(workbook))

    from foodcourt.lab.execute import Settings
    from foodcourt.notebook.learner_file import LEARNER_FILE_VARIABLE

    with tempfile.TemporaryDirectory() as folder:
        # Nobody guesses in a headless run; the learner's own guesses would show in the outputs, and be stored.
        os.environ[LEARNER_FILE_VARIABLE] = os.path.join(folder, "learner.json")  # noqa: PTH118
        outcomes = _execute(chosen, workbook, Settings(jobs=jobs, timeout=timeout, store=save))
    failed = [outcome for outcome in outcomes if outcome.failure]
    for outcome in failed:
        click.echo(describe_failure(outcome))
    if failed:
        click.echo(f"{len(failed)} of {len(outcomes)} notebooks failed", err=True)
        click.echo(f"next: foodcourt lab, open {failed[0].notebook.name} and run its cells one by one", err=True)
        ctx.exit(1)


def describe_failure(outcome: Outcome) -> str:
    """Say where a notebook stopped: the cell, an excerpt of its source, the error."""
    failure = outcome.failure
    if failure is None:
        return ""
    lines = ["", f"{outcome.notebook.name}, cell {failure.cell}: {failure.reason}", "the cell:"]
    lines += [f"  | {line}" for line in _excerpt(failure.source.splitlines(), _SOURCE_LINES)]
    detail = failure.detail.splitlines()
    if detail:
        lines += ["what it said last:", *(f"  | {line}" for line in detail[-_DETAIL_LINES:])]
    return "\n".join(lines)


def _excerpt(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[: most - 1], f"… {len(lines) - most + 1} more lines"]


def _execute(notebooks: list[Path], workbook: Workbook, settings: Settings) -> list[Outcome]:
    import asyncio
    import signal

    from foodcourt.cli.progress import Display
    from foodcourt.lab.execute import run_notebooks

    async def until_done() -> list[Outcome]:
        # Ctrl-C is turned into a cancellation by asyncio.run; SIGTERM would end us before the kernels are stopped.
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await run_notebooks(notebooks, workbook, settings, display.progress, display.done)

    with Display(notebooks) as display:
        try:
            return asyncio.run(until_done())
        except asyncio.CancelledError:
            raise SystemExit(128 + signal.SIGTERM) from None
