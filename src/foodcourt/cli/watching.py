"""Grade again whenever a file of a folder is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click
import watchfiles

from foodcourt.errors import UsageError
from foodcourt.grading.verdicts import Outcome, Report

__all__ = ["watch"]

_DEBOUNCE_MS = 50
"""Editors save in several steps; this long after the first one all of them are seen as one."""


def watch(folder: Path, grade: Callable[[tuple[str, ...]], Report]) -> NoReturn:
    """Grade now and after each change below `folder`, until Ctrl-C.

    Args:
        folder: what to watch.
        grade: grades the folder, beginning with the checks of the given ids.
    """
    first: tuple[str, ...] = ()
    changes = watchfiles.watch(folder, debounce=_DEBOUNCE_MS, step=_DEBOUNCE_MS, yield_on_timeout=False)
    while True:
        try:
            report = grade(first)
            first = tuple(check.id for check in report.checks if check.outcome is not Outcome.PASSED)
        except UsageError as error:
            click.echo(error, err=True)
        click.echo(f"\nwatching {folder}: save a file to check again, Ctrl-C to stop", err=True)
        changed = next(changes)
        names = ", ".join(sorted({Path(path).name for _, path in changed}))
        click.echo(f"\n{names} changed", err=True)
