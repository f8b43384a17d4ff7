"""Export: the grades, the feedback pages and the read-only pages, with all that instructors changed."""

from __future__ import annotations

from pathlib import Path

from foodcourt.reports.exports import write_results
from foodcourt.review.feedback import FOLDER, write_feedback
from foodcourt.review.snapshot import Snapshot
from foodcourt.review.static import write_static

__all__ = ["export_class", "export_grades"]

_GRADESCOPE = "gradescope"


def export_class(out: Path, snapshot: Snapshot) -> list[Path]:
    """Write everything that leaves the review, and give what was written; folders stand for the files in them.

    Args:
        out: the folder of the class.
        snapshot: the class at the moment of the export.

    Raises:
        OSError: something cannot be written.
    """
    write_feedback(out, snapshot)
    return [*export_grades(out, snapshot), out / FOLDER]


def export_grades(out: Path, snapshot: Snapshot) -> list[Path]:
    """Write everything but the feedback, and give what was written, likewise.

    Args:
        out: the folder of the class.
        snapshot: the class at the moment of the export.

    Raises:
        OSError: something cannot be written.
    """
    written = write_results(out, snapshot.results, snapshot.marks.score_by_hand)
    # One file for each submission: their folder stands for them.
    told = [path for path in written if path.parents[1].name != _GRADESCOPE]
    return [*told, out / "exports" / _GRADESCOPE, write_static(out, snapshot)]
