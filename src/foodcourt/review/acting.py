"""What an instructor does: each click is a form, and is on disk before it is answered.

The answer leads to a page (https://en.wikipedia.org/wiki/Post/Redirect/Get), so that loading it again saves nothing
twice; the click's id in its address tells that page what to say.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from foodcourt.review import showing
from foodcourt.review.boxes import Boxes, comments_shown
from foodcourt.review.changes import Kind, Target, Wish
from foodcourt.review.desk import Desk
from foodcourt.review.exporting import export_class, exporting
from foodcourt.review.forms import Form, read_form
from foodcourt.review.links import ServerPages
from foodcourt.review.pages import Notice

__all__ = ["router"]

router = APIRouter()
_Sent = Annotated[Form, Depends(read_form)]
_LONGEST_NAME = 100


# Not at the address of the page: a browser would then keep the answer in the page's place, and Back leads past it.
@router.post("/submissions/{slug}/{page}/save")
def _save(request: Request, slug: str, page: str, form: _Sent) -> Response:
    """Save what was typed on a submission's page: comments, and a score by hand or that the grader's counts again."""
    desk = showing.desk_of(request)
    pages = desk.pages()
    exercise, learner = showing.exercise_of(pages, slug), showing.learner_of(pages, page)
    boxes = Boxes.sent(form, comments_shown(desk.store.history(slug, learner), form.number("seen") or 0))
    if wrong := boxes.problem(exercise):
        notice = Notice("warning", f"{wrong}; nothing is saved yet")
        return HTMLResponse(showing.submission(desk, slug, page, [notice], boxes), status_code=422)
    places = {"whole", "by-hand", *(f"check-{spec.id}" for spec in exercise.checks)}
    place = form.text("at") if form.text("at") in places else ""
    return _saved(desk, form, boxes.wishes(exercise, learner), ServerPages().submission(slug, learner), place)


@router.post("/exercises/{slug}/groups/{key}/comment")
def _comment_on_group(request: Request, slug: str, key: str, form: _Sent) -> Response:
    """Give everybody who was chosen from a group the same comment, in one transaction."""
    desk = showing.desk_of(request)
    pages = desk.pages()
    exercise = showing.exercise_of(pages, slug)
    showing.group_of(pages, exercise, key)
    check, text = form.text("check"), form.text("text")
    learners = list(dict.fromkeys(showing.learner_of(pages, page) for page in form.all("to")))
    known = {"", *(spec.id for spec in exercise.checks)}
    if not text or not learners or check not in known:
        wrong = Notice(
            "warning", "expected a comment, a check of this exercise and at least one learner; not saved yet"
        )
        return HTMLResponse(showing.group(pages, slug, key, [wrong], text, check, learners), status_code=422)
    wishes = [Wish(Target(Kind.COMMENT, slug, learner, check), text) for learner in learners]
    return _saved(desk, form, wishes, ServerPages().group(slug, key))


@router.post("/name")
def _sign_with(request: Request, form: _Sent) -> Response:
    """Remember a name."""
    desk = showing.desk_of(request)
    name = " ".join(form.text("name").split())[:_LONGEST_NAME]
    if desk.may_rename and name:
        desk.rename(name)
    return RedirectResponse("/" if name else "/name", status_code=303)


@router.post("/export")
def _export(request: Request, form: _Sent) -> Response:
    """Write grades, feedback and pages with all that was changed."""
    desk = showing.desk_of(request)
    with exporting(desk.out):
        pages = desk.pages()
        written = export_class(desk.out, pages.snapshot)
    # The same pages once more: what others saved meanwhile is not in the files, and must not be told as if it were.
    return HTMLResponse(showing.export(pages, written))


def _saved(desk: Desk, form: Form, wishes: list[Wish], page: str, place: str = "") -> Response:
    """Save, and lead to a page that says so, and there to the place where the click was."""
    click = desk.store.record(desk.name() or desk.login, form.number("seen") or 0, wishes)
    stale = any(desk.store.overtaken(change) for change in desk.store.click(click))  # is told above, so lead there
    return RedirectResponse(f"{page}?saved={click}{f'#{place}' if place and not stale else ''}", status_code=303)
