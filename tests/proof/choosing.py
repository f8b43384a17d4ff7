"""Which exercises a measurement takes, and the submissions that belong to them."""

from __future__ import annotations

import argparse
from pathlib import Path

from foodcourt.catalog import Exercise, exercises, find_exercise
from foodcourt.workbook import Workbook
from proof.store import ROOT

__all__ = ["add_only", "chosen", "submissions"]


def add_only(parser: argparse.ArgumentParser) -> None:
    """Add the option `--only`."""
    parser.add_argument("--only", action="append", metavar="EX", help="only this exercise; may be given again")


def chosen(only: list[str] | None) -> tuple[Exercise, ...]:
    """Give the exercises asked for; all that can be graded when none is named."""
    workbook = Workbook(ROOT)
    return tuple(find_exercise(name, workbook) for name in only) if only else exercises(workbook)


def submissions(exercise: Exercise, kind: str) -> list[Path]:
    """Give the submissions of an exercise that are `right` or `wrong`, by name."""
    return sorted(
        path.parent for path in (ROOT / "tests" / "submissions" / exercise.slug / kind).glob("*/expect.toml")
    )
