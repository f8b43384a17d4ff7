"""The files that a learner handed in, read from where they lay when they were graded."""

from __future__ import annotations

from pathlib import Path

from foodcourt.errors import FoodCourtError
from foodcourt.grading.intake import digest_of, pieces
from foodcourt.reports.class_file import UNPACKED, Entry
from foodcourt.reports.class_results import ClassResults
from foodcourt.review.folders import Folder, read_folder

__all__ = ["changed_since", "read_submission"]


def read_submission(results: ClassResults, slug: str, learner: str) -> Folder:
    """Read the files that a learner handed in for an exercise, from where they lay when they were graded."""
    entry = results.entry(learner, slug)
    if entry is None or entry.folder is None or (root := _root(results, entry)) is None:
        return Folder((), "there are no files: nothing was handed in, or it is not known where it lies")
    found = read_folder(root, entry.folder)
    return Folder((), entry.problem) if entry.problem and not found.files else found


def changed_since(results: ClassResults, slug: str, learner: str) -> str:
    """Say that the files are no longer those that were graded; empty if they are, or if that is not known."""
    entry = results.entry(learner, slug)
    if entry is None or entry.folder is None or not entry.digest or (root := _root(results, entry)) is None:
        return ""
    try:
        digest, _ = digest_of(pieces(root / entry.folder))
    except (OSError, FoodCourtError):
        return ""
    return "" if digest == entry.digest else "these files are not what was graded: they have changed since"


def _root(results: ClassResults, entry: Entry) -> Path | None:
    """Give the folder out of which no path may lead: where archives were unpacked, or that of the class."""
    unpacked = (results.out / UNPACKED).resolve()
    if entry.folder is not None and entry.folder.is_relative_to(unpacked):
        return unpacked
    return entry.root or results.class_file.submissions
