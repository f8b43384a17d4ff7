"""What learners get back: one page each, a single file that needs nothing beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from foodcourt.reports.files import write_atomically
from foodcourt.reports.words import MARKS
from foodcourt.review.links import FilePages, page_name
from foodcourt.review.pages import Pages
from foodcourt.review.snapshot import Snapshot
from foodcourt.review.templating import render

__all__ = ["FOLDER", "write_feedback"]

FOLDER = "feedback"


def write_feedback(out: Path, snapshot: Snapshot) -> list[Path]:
    """Write a page for each learner, with nothing of anybody else in it, and give the paths.

    Pages of who is not in the class any more are removed.

    Raises:
        OSError: a page cannot be written, or removed.
    """
    written = [
        write_atomically(out / FOLDER / f"{page_name(learner)}.html", _page(snapshot, learner))
        for learner in snapshot.results.learners
    ]
    for page in set((out / FOLDER).glob("*.html")) - set(written):
        page.unlink()
    return written


def _page(snapshot: Snapshot, learner: str) -> str:
    pages = Pages(snapshot, FilePages())
    rows = [(exercise, snapshot.row(exercise, learner)) for exercise in snapshot.results.exercises]
    parts = [{"exercise": exercise, "row": row, "comments": pages.comments(exercise, row)} for exercise, row in rows]
    return render(
        "feedback.html",
        learner=learner,
        called=snapshot.results.person(learner).name,
        parts_=parts,
        marks=MARKS,
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )
