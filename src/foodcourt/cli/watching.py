"""Grade again whenever a file of a folder is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import click
import watchfiles

from foodcourt.errors import UsageError
from foodcourt.grading.verdicts import Outcome, Report

__all__ = ["watch"]

_DEBOUNCE_MS = 30
"""Editors save in several steps; those that come within so many milliseconds are seen as one."""
_TIMEOUT_MS = 50


def watch(folder: Path, grade: Callable[[tuple[str, ...]], Report], *, besides: Sequence[Path] = ()) -> NoReturn:
    """Grade now and after each change below `folder`, until Ctrl-C.

    Args:
        folder: what to watch.
        grade: grades the folder, beginning with the checks of the given ids.
        besides: files that may change, such as the report that `grade` writes.
    """
    first: tuple[str, ...] = ()
    changes = watchfiles.watch(
        folder.resolve(),
        watch_filter=watchfiles.DefaultFilter(ignore_paths=[path.resolve() for path in besides]),
        debounce=_DEBOUNCE_MS,
        step=_DEBOUNCE_MS // 3,
        rust_timeout=_TIMEOUT_MS,
        yield_on_timeout=True,
    )
    next(changes)  # it watches from now on, so that nothing that is saved while grading is missed
    while True:
        try:
            report = grade(first)
            first = tuple(check.id for check in report.checks if check.outcome is not Outcome.PASSED)
        except UsageError as error:
            click.echo(error, err=True)
        click.echo(f"\nwatching {folder}: save a file to check again, Ctrl-C to stop", err=True)
        changed = next(filter(None, changes))
        names = ", ".join(sorted({Path(path).name for _, path in changed}))
        click.echo(f"\n{names} changed", err=True)
