"""What an instructor does: each click is a form, and is on disk before it is answered.

The answer leads to a page (https://en.wikipedia.org/wiki/Post/Redirect/Get), so that loading it again saves nothing
twice; the click's id in its address tells that page what to say.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from foodcourt.review import showing
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


@router.post("/submissions/{slug}/{page}/score")
def _set_score(request: Request, slug: str, page: str, form: _Sent) -> Response:
    """Set a score by hand."""
    desk = showing.desk_of(request)
    pages = desk.pages()
    exercise, learner = showing.exercise_of(pages, slug), showing.learner_of(pages, page)
    score, reason = form.number("score"), form.text("reason")
    if score is None or score > exercise.max_score or not reason:
        wrong = f"expected a whole number from 0 to {exercise.max_score}, and a reason; nothing is saved yet"
        typed = {"form": "score", "score": form.text("score"), "text": reason}
        return _once_more(desk, slug, page, wrong, typed)
    return _saved(desk, form, [Wish(Target(Kind.SCORE, slug, learner), reason, score)], _page(slug, learner))


@router.post("/submissions/{slug}/{page}/score/back")
def _take_back_score(request: Request, slug: str, page: str, form: _Sent) -> Response:
    """Let the grader's score count again."""
    desk = showing.desk_of(request)
    pages = desk.pages()
    showing.exercise_of(pages, slug)
    learner, reason = showing.learner_of(pages, page), form.text("reason")
    if not reason:
        return _once_more(desk, slug, page, "expected a reason; nothing is saved yet", {"form": "back", "text": ""})
    return _saved(desk, form, [Wish(Target(Kind.SCORE, slug, learner), reason)], _page(slug, learner))


@router.post("/submissions/{slug}/{page}/comment")
def _comment(request: Request, slug: str, page: str, form: _Sent) -> Response:
    """Comment on a check, or on a submission as a whole."""
    desk = showing.desk_of(request)
    pages = desk.pages()
    exercise, learner = showing.exercise_of(pages, slug), showing.learner_of(pages, page)
    check, text = form.text("check"), form.text("text")
    comments = pages.comments(exercise, pages.snapshot.row(exercise, learner))
    wrong = ""
    if check and check not in {spec.id for spec in exercise.checks}:
        wrong = f"there is no check {check[:100]!r} any more; nothing is saved"
    elif not text and check not in comments:
        wrong = "expected some words; there is no comment that could be taken back"
    if wrong:
        return _once_more(desk, slug, page, wrong, {"form": "comment", "check": check, "text": text})
    return _saved(desk, form, [Wish(Target(Kind.COMMENT, slug, learner, check), text)], _page(slug, learner))


@router.post("/exercises/{slug}/groups/{key}/comment")
def _comment_on_group(request: Request, slug: str, key: str, form: _Sent) -> Response:
    """Give everybody who was chosen from a group the same comment, in one transaction."""
    desk = showing.desk_of(request)
    pages = desk.pages()
    exercise = showing.exercise_of(pages, slug)
    check, text = form.text("check"), form.text("text")
    learners = list(dict.fromkeys(showing.learner_of(pages, page) for page in form.all("to")))
    known = {"", *(spec.id for spec in exercise.checks)}
    if not text or not learners or check not in known:
        wrong = Notice(
            "warning", "expected a comment, a check of this exercise and at least one learner; not saved yet"
        )
        return HTMLResponse(showing.group(pages, slug, key, [wrong], text, check), status_code=422)
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


def _saved(desk: Desk, form: Form, wishes: list[Wish], page: str) -> Response:
    click = desk.store.record(desk.name() or desk.login, form.number("seen") or 0, wishes)
    return RedirectResponse(f"{page}?saved={click}", status_code=303)


def _once_more(desk: Desk, slug: str, page: str, wrong: str, typed: dict[str, str]) -> Response:
    html = showing.submission(desk, slug, page, [Notice("warning", wrong)], typed)
    return HTMLResponse(html, status_code=422)


def _page(slug: str, learner: str) -> str:
    return ServerPages().submission(slug, learner)
