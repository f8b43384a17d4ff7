"""Who may ask the server for anything: the browser that was given the token, and no page of another site.

Any program of this machine can connect to 127.0.0.1, and any web page can have a browser send requests there; so
there are a token (as JupyterLab has one), a check of the Host header (against DNS rebinding) and one of forms
(against cross-site requests). Pages may load nothing but our own style, and run no script at all.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard", "Pass"]

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: forms would then be sent with `Origin: null`.
    "Referrer-Policy": "same-origin",
}
# A browser keeps a page, so that Back brings it as it was left, with what was typed, even where the server is gone;
# else it asks again. Addresses with a token are not kept.
_PAGE = {**_HEADERS, "Cache-Control": "private, no-cache"}
_OURS = {**_HEADERS, "Cache-Control": "no-store"}
_READING = ("GET", "HEAD")
_NOT_LOST = """This is not saved: the server was started anew since you opened that page, and does not know you yet.
What you typed is not lost. Leave this tab open, and in another one open the address that the terminal shows now.
Then come back to this tab, go back in the browser, and save again."""


class Pass:
    """The secrets of one server.

    Attributes:
        token: opens the pages as often as it is used.
        csrf: stands in every form that we wrote.
    """

    def __init__(self, port: int, token: str | None = None) -> None:
        """Make them up.

        Args:
            port: where the server listens.
            token: given instead of a random one.
        """
        self.token = token or secrets.token_urlsafe(24)
        self.csrf = secrets.token_urlsafe(24)
        self.hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        # Browsers do not keep the cookies of two ports apart.
        self.cookie = f"foodcourt-review-{port}"
        self._session = secrets.token_urlsafe(24)
        self._once: set[str] = set()

    def for_once(self) -> str:
        """Give a token that opens the pages once, for what lies in a file until a browser has read it."""
        token = secrets.token_urlsafe(24)
        self._once.add(token)
        return token

    def accepts(self, token: str) -> bool:
        """Say whether a token opens the pages."""
        if token in self._once:
            self._once.discard(token)
            return True
        return _same(token, self.token)

    def knows(self, cookies: Mapping[str, str]) -> bool:
        """Say whether a request's cookies hold the one that a browser got for the token."""
        return _same(cookies.get(self.cookie, ""), self._session)

    def admit(self, response: Response) -> None:
        """Give the browser its cookie."""
        # Not strict: a browser that comes from a page on disk, see `opening.py`, would not send it at first.
        # Other sites can lead here with it, but send no form: for those there is the check of where they come from.
        response.set_cookie(self.cookie, self._session, httponly=True, samesite="lax")


class Guard:
    """Lets requests through to the application, or answers 403.

    Args:
        app: the application.
        pass_: the server's secrets.
    """

    def __init__(self, app: ASGIApp, pass_: Pass) -> None:
        """Let nothing through yet."""
        self._app = app
        self._pass = pass_

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            answer = self._judge(scope)
            await (answer or self._app)(scope, receive, _with_headers(send, _PAGE if answer is None else _OURS))

    def _judge(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in self._pass.hosts:
            return _refused("This server is for its own machine only, under the address that the terminal shows.")
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if scope["method"] in _READING and (tokens := [value for name, value in query if name == "token"]):
            if not self._pass.accepts(tokens[-1]):
                return _refused("That token is not, or no longer, the right one: open what the terminal shows.")
            response = RedirectResponse(_without_token(scope["path"], query), status_code=303)
            self._pass.admit(response)
            return response
        if not self._pass.knows(HTTPConnection(scope).cookies):
            if scope["method"] not in _READING:
                return _refused(_NOT_LOST)
            return _refused("Open the address with ?token=… that `foodcourt review` shows in the terminal.")
        ours = {None, *(f"http://{host}" for host in self._pass.hosts)}
        if scope["method"] not in _READING and headers.get("origin") not in ours:
            return _refused("That form came from another site.")
        return None


def _without_token(path: str, query: Iterable[tuple[str, str]]) -> str:
    left = urlencode([(name, value) for name, value in query if name != "token"])
    # One slash at the start: `//name` would lead to another host.
    return quote("/" + path.lstrip("/\\")) + (f"?{left}" if left else "")


def _refused(why: str) -> Response:
    return PlainTextResponse(f"403: {why}\n", status_code=403)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _with_headers(send: Send, more: Mapping[str, str]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in more.items():
                headers[name] = value
        await send(message)

    return sending
