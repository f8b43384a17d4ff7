"""Pages that more than one request ends with: to be looked at, or because a form was not filled in rightly."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from fastapi import HTTPException, Request

from foodcourt.catalog import Exercise
from foodcourt.reports.class_file import ClassFile
from foodcourt.reports.class_results import ClassResults
from foodcourt.review.alike import Group
from foodcourt.review.boxes import Boxes
from foodcourt.review.changes import Kind
from foodcourt.review.desk import Desk
from foodcourt.review.forms import LONGEST_TEXT
from foodcourt.review.links import ServerPages, page_name
from foodcourt.review.pages import Notice, Pages
from foodcourt.review.passages import similar_to
from foodcourt.review.similar import read_similar
from foodcourt.review.snapshot import Snapshot

__all__ = ["bare_pages", "desk_of", "exercise_of", "export", "files", "group", "group_of", "learner_of", "submission"]


def desk_of(request: Request) -> Desk:
    """Give what the server works with."""
    desk: Desk = request.app.state.desk
    return desk


def exercise_of(pages: Pages, slug: str) -> Exercise:
    """Give the exercise that an address means.

    Raises:
        HTTPException: 404 if there is none.
    """
    exercise = pages.snapshot.exercise(slug)
    if exercise is None:
        raise HTTPException(404, "There is no such exercise in this class.")
    return exercise


def learner_of(pages: Pages, page: str) -> str:
    """Give the learner that an address means.

    Raises:
        HTTPException: 404 if there is nobody.
    """
    learner = pages.snapshot.learner(page)
    if learner is None:
        raise HTTPException(404, "There is nobody of that name in this class.")
    return learner


def submission(desk: Desk, slug: str, page: str, notices: Sequence[Notice] = (), typed: Boxes | None = None) -> str:
    """Write a submission's page.

    Args:
        desk: what is reviewed.
        slug: the exercise.
        page: the page's name for the learner.
        notices: what to say first.
        typed: what could not be saved.
    """
    pages = desk.pages()
    exercise, learner = exercise_of(pages, slug), learner_of(pages, page)
    found, problem = read_similar(desk.out)
    return pages.submission(
        exercise,
        pages.snapshot.row(exercise, learner),
        desk.store.history(slug, learner),
        notices,
        similar=similar_to(found, pages.snapshot, exercise, learner),
        similar_problem=problem,
        typed=typed or Boxes(),
        address=pages.links.submission(slug, learner),
        longest=LONGEST_TEXT,
    )


def files(desk: Desk, slug: str, page: str) -> str:
    """Write the page of a submission's files."""
    pages = desk.pages()
    exercise, learner = exercise_of(pages, slug), learner_of(pages, page)
    return pages.files(exercise, pages.snapshot.row(exercise, learner))


def group_of(pages: Pages, exercise: Exercise, key: str) -> Group:
    """Give the group that an address means.

    Raises:
        HTTPException: 404 if there is none.
    """
    found = next((group for group in pages.groups_of(exercise) if group.key == key), None)
    if found is None:
        raise HTTPException(404, "There is no such group, or no longer: the class may have been graded again.")
    return found


def group(
    pages: Pages,
    slug: str,
    key: str,
    notices: Sequence[Notice] = (),
    typed: str = "",
    check: str = "",
    chosen: Sequence[str] | None = None,
) -> str:
    """Write the page of learners who failed alike.

    Args:
        pages: the class.
        slug: the exercise.
        key: the group.
        notices: what to say first.
        typed: a comment that could not be saved.
        check: what it was about.
        chosen: whom it was for; None: everybody.
    """
    exercise = exercise_of(pages, slug)
    found = group_of(pages, exercise, key)
    rows = [pages.snapshot.row(exercise, learner) for learner in found.learners]
    return pages.write(
        "group.html",
        here=slug,
        notices=notices,
        exercise=exercise,
        group=found,
        rows=rows,
        comments={row.learner: list(pages.comments(exercise, row).items()) for row in rows},
        page_names={row.learner: page_name(row.learner) for row in rows},
        chosen=set(found.learners if chosen is None else chosen),
        typed=typed,
        typed_check=check,
        longest=LONGEST_TEXT,
    )


def bare_pages(desk: Desk) -> Pages:
    """Give pages that know nothing of the class, for when that is what cannot be read."""
    nobody = ClassResults(desk.out, (), (), ClassFile(), {})
    return Pages(
        Snapshot(nobody), ServerPages(), {"who": desk.signature, "may_rename": False, "csrf": desk.csrf, "seen": 0}
    )


def export(pages: Pages, written: Sequence[Path] = ()) -> str:
    """Write the page that offers the export, or says what it wrote."""
    overrides = sorted(pages.snapshot.marks.overrides(), key=lambda found: found[:2])
    known = set(pages.snapshot.results.learners)
    shown = [found for found in overrides if found[0] in known]
    everything = chain.from_iterable(map(pages.snapshot.rows, pages.snapshot.results.exercises))
    clicks = (change for change in pages.snapshot.marks.latest.values() if change.target.kind is not Kind.NAME)
    return pages.write(
        "export.html",
        last=max(clicks, key=lambda change: change.id, default=None),
        out=str(pages.snapshot.results.out),
        written=written,
        overrides=shown,
        outdated=pages.snapshot.outdated(),
        undecided=sum(row.grade.undecided for row in everything),
    )
