"""The read-only pages as files that open from disk: `OUT/index.html`, and `OUT/pages/` beside it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

from foodcourt.reports.files import naming, write_atomically
from foodcourt.review.links import FilePages, page_name
from foodcourt.review.pages import Pages
from foodcourt.review.passages import similar_to
from foodcourt.review.similar import read_similar
from foodcourt.review.snapshot import Filter, Snapshot

__all__ = ["write_static"]

_SCRATCH = ".pages-"


def write_static(out: Path, snapshot: Snapshot) -> Path:
    """Write the class, its exercises and submissions as pages that need no server, and give the first one's path.

    The files that were handed in are in them, if they still lie where they did. They show the solutions, and
    everybody's work to everybody. Nobody else may write them meanwhile.

    Args:
        out: the folder of the class.
        snapshot: what was graded into it, and what instructors changed.

    Raises:
        OSError: a page cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    for left in out.glob(f"{_SCRATCH}*"):  # by one who was killed
        shutil.rmtree(left, ignore_errors=True)
    # Made beside the old ones, so that nobody sees half of the new, and no page of a learner who has left stays.
    with naming(out / "pages"), tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=out) as scratch:
        fresh = Path(scratch, "fresh")
        fresh.mkdir()
        _write_pages(fresh, snapshot)
        with contextlib.suppress(FileNotFoundError):
            (out / "pages").rename(Path(scratch, "old"))
        fresh.rename(out / "pages")
    return write_atomically(out / "index.html", Pages(snapshot, FilePages()).overview(Filter()))


def _write_pages(folder: Path, snapshot: Snapshot) -> None:
    pages = Pages(snapshot, FilePages("../../"))
    similar, problem = read_similar(snapshot.results.out)
    for exercise in snapshot.results.exercises:
        here = folder / exercise.slug
        here.mkdir()
        _write(here / "index.html", pages.exercise(exercise, Filter()))
        _write(here / "groups.html", pages.groups(exercise))
        _write(here / "similar.html", pages.similar(exercise))
        for row in snapshot.rows(exercise):
            looks = similar_to(similar, snapshot, exercise, row.learner)
            text = pages.submission(exercise, row, similar=looks, similar_problem=problem)
            _write(here / f"of-{page_name(row.learner)}.html", text)
            _write(here / f"files-of-{page_name(row.learner)}.html", pages.files(exercise, row))


def _write(path: Path, text: str) -> None:
    # The folder as a whole gets its name at the end, so that a file by itself may be half written.
    path.write_text(text, encoding="utf-8")
