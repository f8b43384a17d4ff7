"""Takes requests out of the bytes that a client sends, and never trips over them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

import h11

_MAX_HEAD = 16 * 1024
_EXCERPT = 256  # bytes kept of what could not be parsed


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was read whole, or bytes that are none.

    Attributes:
        problem: why it is no request that can be answered, else empty; then `body` holds the first bytes.
        status: the code to refuse it with.
    """

    method: str = ""
    target: str = ""
    path: str = ""
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    keep_alive: bool = False
    problem: str = ""
    status: int = 400


class RequestParser:
    """Feed it bytes, ask it for the next request."""

    def __init__(self, max_body: int) -> None:
        """Refuse bodies of more than `max_body` bytes."""
        self._max_body = max_body
        self._connection = h11.Connection(h11.SERVER)
        self._head: h11.Request | None = None
        self._body = bytearray()
        self._excerpt = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes from the client; b"" for the end of its stream."""
        if len(self._excerpt) < _EXCERPT:
            self._excerpt += data[: _EXCERPT - len(self._excerpt)]
        self._connection.receive_data(data)

    @property
    def waiting(self) -> int:
        """How many bytes wait behind the request that is being answered."""
        return len(self._connection.trailing_data[0])

    @property
    def wants_continue(self) -> bool:
        """Whether the client waits for `100 Continue` before it sends the body."""
        return self._connection.they_are_waiting_for_100_continue

    def next(self) -> Request | None:
        """Return the next request, sound or not, or None if more bytes are needed."""
        try:
            while True:
                event = self._connection.next_event()
                if isinstance(event, h11.Request):
                    if _size(event) > _MAX_HEAD:  # h11 itself only limits heads that come in pieces
                        return self._refuse(f"the head is longer than {_MAX_HEAD} bytes", 400)
                    self._head = event
                elif isinstance(event, h11.Data):
                    self._body += event.data
                    if len(self._body) > self._max_body:
                        return self._refuse(f"the body is longer than {self._max_body} bytes", 413)
                elif isinstance(event, h11.EndOfMessage) and self._head is not None:
                    return self._finish(self._head)
                else:
                    return None
        except h11.RemoteProtocolError as error:
            return self._refuse(str(error), 400)

    def _refuse(self, problem: str, status: int) -> Request:
        return Request(body=bytes(self._excerpt), problem=problem, status=status)

    def _finish(self, head: h11.Request) -> Request:
        target = head.target.decode("latin-1")
        path, _, query = _without_origin(target).partition("?")
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
        request = Request(
            method=head.method.decode("latin-1"),
            target=target,
            path=unquote(path, errors="replace"),
            query=query,
            headers=headers,
            body=bytes(self._body),
            keep_alive=self._connection.their_state is h11.DONE,
        )
        # Its end cannot be among what came: the connection feeds that only when no answer is on its way.
        self._start_over(self._connection.trailing_data[0])
        return request

    def _start_over(self, rest: bytes) -> None:
        # A new h11 connection for each request: h11 only goes on after a well-formed answer went through
        # it, and ours are often not well-formed on purpose.
        self._connection = h11.Connection(h11.SERVER)
        self._head = None
        self._body = bytearray()
        self._excerpt = bytearray()
        if rest:
            self.feed(rest)


def _size(head: h11.Request) -> int:
    return len(head.method) + len(head.target) + sum(len(name) + len(value) for name, value in head.headers)


def _without_origin(target: str) -> str:
    """Take `http://host:port` off a target in absolute form, as proxies are sent it."""
    scheme, separator, rest = target.partition("://")
    if separator and scheme.lower() in ("http", "https"):
        return "/" + rest.partition("/")[2]
    return target
