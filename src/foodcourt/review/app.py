"""The server's pages: what can be looked at. What can be changed is in `acting.py`."""

from __future__ import annotations

import errno
import shlex
import sqlite3
from functools import partial
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException as AnyHTTPException

from foodcourt.errors import FoodCourtError
from foodcourt.review import acting, showing
from foodcourt.review.desk import Desk
from foodcourt.review.forms import Form, OldForm
from foodcourt.review.guard import Guard, Pass
from foodcourt.review.links import page_name
from foodcourt.review.saved import notices
from foodcourt.review.snapshot import STATES, Filter
from foodcourt.review.store import FILE_NAME
from foodcourt.review.templating import style

__all__ = ["make_app"]

_HALF_EXPORTED = "Until an export succeeds, some files may be new and others old. Export again."
_router = APIRouter(default_response_class=HTMLResponse)
# What a page can be asked for, its headers can be asked for alone.
_page = partial(_router.api_route, methods=["GET", "HEAD"])


def make_app(desk: Desk, pass_: Pass) -> Guard:
    """Build the application.

    Args:
        desk: what is reviewed, and by whom.
        pass_: the server's secrets.
    """
    # No description of the interface, and no page about it: those load scripts.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.desk = desk
    app.include_router(_router)
    app.include_router(acting.router)
    app.add_exception_handler(OldForm, _send_again)
    app.add_exception_handler(AnyHTTPException, _problem)
    app.add_exception_handler(FoodCourtError, _problem)
    app.add_exception_handler(sqlite3.Error, _problem)
    app.add_exception_handler(OSError, _problem)
    return Guard(app, pass_)


@_page("/style.css")
def _style() -> Response:
    return Response(style(), media_type="text/css")


@_page("/")
def _overview(request: Request) -> Response:
    desk = showing.desk_of(request)
    if desk.name() is None:
        return RedirectResponse("/name", status_code=303)
    return HTMLResponse(desk.pages().overview(_filter(request)))


@_page("/exercises/{slug}")
def _exercise(request: Request, slug: str) -> str:
    pages = showing.desk_of(request).pages()
    return pages.exercise(showing.exercise_of(pages, slug), _filter(request))


@_page("/exercises/{slug}/groups")
def _groups(request: Request, slug: str) -> str:
    pages = showing.desk_of(request).pages()
    return pages.groups(showing.exercise_of(pages, slug))


@_page("/exercises/{slug}/groups/{key}")
def _group(request: Request, slug: str, key: str) -> str:
    desk = showing.desk_of(request)
    pages = desk.pages()
    found = showing.group_of(pages, showing.exercise_of(pages, slug), key)
    told = notices(desk.store, _click(request), slug, {page_name(learner) for learner in found.learners})
    return showing.group(pages, slug, key, told)


@_page("/exercises/{slug}/similar")
def _similar(request: Request, slug: str) -> str:
    pages = showing.desk_of(request).pages()
    return pages.similar(showing.exercise_of(pages, slug))


@_page("/submissions/{slug}/{page}")
def _submission(request: Request, slug: str, page: str) -> str:
    desk = showing.desk_of(request)
    return showing.submission(desk, slug, page, notices(desk.store, _click(request), slug, {page}))


@_page("/submissions/{slug}/{page}/files")
def _files(request: Request, slug: str, page: str) -> str:
    return showing.files(showing.desk_of(request), slug, page)


@_page("/name")
def _name(request: Request) -> str:
    desk = showing.desk_of(request)
    return desk.pages().write("name.html", suggested=desk.name() or desk.login)


@_page("/export")
def _export(request: Request) -> str:
    return showing.export(showing.desk_of(request).pages())


def _filter(request: Request) -> Filter:
    given = {name: request.query_params.get(name, "")[:100] for name in ("name", "exercise", "state", "check")}
    known = showing.desk_of(request).results().exercises
    return Filter(
        name=given["name"].strip(),
        exercise=given["exercise"] if given["exercise"] in {exercise.slug for exercise in known} else "",
        state=given["state"] if given["state"] in STATES else "",
        check=given["check"] if any(given["check"] == spec.id for found in known for spec in found.checks) else "",
    )


def _click(request: Request) -> str:
    return request.query_params.get("saved", "")


def _in_words(error: Exception, desk: Desk) -> str:
    room = f"df -h {shlex.quote(str(desk.out))}"
    if isinstance(error, sqlite3.Error):
        return f"cannot use {desk.out / FILE_NAME}: {error}\nIs there room, and may it be written? Try: {room}"
    if isinstance(error, OSError):
        # Of two names the second is that of what was to be replaced.
        file = str(error.filename2 or error.filename or desk.out)
        look = room if error.errno in (errno.ENOSPC, errno.EDQUOT) else f"ls -ld {shlex.quote(file)}"
        return f"cannot use {file}: {error.strerror or error}\nTry: {look}"
    return str(error)


async def _problem(request: Request, error: Exception) -> Response:
    """Say on a page what went wrong, and what became of what was sent: a click is saved whole or not at all."""
    if isinstance(error, AnyHTTPException):
        status, message = error.status_code, str(error.detail)
        if message == HTTPStatus(status).phrase:
            message = {404: "There is no such page.", 405: "That cannot be done here."}.get(status, message)
    else:
        status, message = 500, _in_words(error, request.app.state.desk)
        if request.method == "POST":
            message += "\n" + (_HALF_EXPORTED if request.url.path == "/export" else "What you sent is not saved.")
    pages = showing.bare_pages(request.app.state.desk)
    form: Form | None = getattr(request.state, "form", None)
    written = form.written if form else ()
    html = pages.write("problem.html", message=message, written=written, sent=request.method == "POST")
    return HTMLResponse(html, status_code=status)


async def _send_again(request: Request, error: Exception) -> Response:
    """Have a form that was open when the server was started anew looked at, and sent by a page of ours."""
    assert isinstance(error, OldForm)
    pages = showing.bare_pages(request.app.state.desk)
    html = pages.write("again.html", address=quote(request.url.path), fields=error.fields)
    return HTMLResponse(html, status_code=403)
