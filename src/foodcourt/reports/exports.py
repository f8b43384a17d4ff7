"""Writes the results of a class in all the forms in which other programs take them."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from foodcourt.reports.canvas import to_canvas_csv
from foodcourt.reports.class_results import ClassResults
from foodcourt.reports.files import write_atomically
from foodcourt.reports.github_summary import to_github_summary
from foodcourt.reports.grades import Override
from foodcourt.reports.grades_csv import to_grades_csv
from foodcourt.reports.gradescope import to_gradescope_json
from foodcourt.reports.junit import to_junit_xml
from foodcourt.reports.moodle import to_moodle_csv
from foodcourt.reports.result_paths import folder_name

__all__ = ["write_results"]

_TABLES: dict[str, Callable[[ClassResults, Override | None], str | Iterable[str]]] = {
    "grades.csv": to_grades_csv,
    "exports/canvas.csv": to_canvas_csv,
    "exports/moodle.csv": to_moodle_csv,
    "exports/junit.xml": to_junit_xml,
    "exports/github-summary.md": to_github_summary,
}


def write_results(out: Path, results: ClassResults, override: Override | None = None) -> list[Path]:
    """Write `grades.csv` and everything below `exports/`; each file whole or not at all.

    A submission without points has no file for Gradescope; one from before, of when it had some, is removed, and so
    are those of who is not in the class any more.

    Args:
        out: the folder to write into; that of the results, or another.
        results: of the class.
        override: takes a learner and a slug, and gives the score that an instructor gave instead; None where the
            grader's counts.

    Returns:
        The files that were written.

    Raises:
        OSError: one of them cannot be written; it is then as it was before.
    """
    written = [write_atomically(out / name, write(results, override)) for name, write in _TABLES.items()]
    gradescope = out / "exports" / "gradescope"
    gone = {path.name for path in _folders(gradescope)} - {folder_name(learner) for learner in results.learners}
    for name in gone:
        shutil.rmtree(gradescope / name)
    for learner in results.learners:
        for exercise in results.exercises:
            path = gradescope / folder_name(learner) / f"{exercise.slug}.json"
            text = to_gradescope_json(results, learner, exercise, override)
            if text is not None:
                written.append(write_atomically(path, text))
                continue
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
    return written


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
