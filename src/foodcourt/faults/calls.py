"""What the upstream knows about one call that reached it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from foodcourt.faults.replies.base import Reply


@dataclass(frozen=True, slots=True)
class Call:
    """One request and what became of it: a snapshot, which does not change any more.

    Every `…_at` is in seconds since the upstream started; add `origin` for the value of `time.monotonic()`.

    Attributes:
        number: 1 for the first call since the start or the last `forget()`.
        connection: number of the connection it came over, 1 for the upstream's first.
        turn: 1 for the first call on its connection, 2 for the second…
        method: `GET`, …; empty when the request could not be parsed.
        target: what stood in the request line, such as `/users/7?full=1`.
        path: the target's path, percent-decoded.
        query: what follows the `?`, as it came.
        headers: name (lower case) and value, in the order they came.
        body: the request's body; of a request that could not be parsed, the first bytes that came.
        params: what the route's `{…}` matched.
        connected_at: when the connection was accepted.
        read_at: when the request had been read whole.
        began_at: when the first byte of the answer was written; None before that.
        ended_at: when the answer ended, be it whole, cut or reset; None before that and after a hang-up.
        hung_up_at: when the client closed the connection before the answer had ended, else None.
        status: the status code that went over the wire, else None.
        sent: how many bytes of answer went over the wire, head included.
        answer: the first bytes of the answer's body (at most 1 KiB).
        reply: what was to be answered: a route's reply or a fault's.
        note: what was out of the ordinary, such as why the request could not be parsed.
        origin: the monotonic time at which the upstream started.
    """

    number: int
    connection: int
    turn: int
    method: str
    target: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connected_at: float
    read_at: float
    origin: float
    params: Mapping[str, str] = field(default_factory=dict)
    began_at: float | None = None
    ended_at: float | None = None
    hung_up_at: float | None = None
    status: int | None = None
    sent: int = 0
    answer: bytes = b""
    reply: Reply | None = None
    note: str = ""

    def header(self, name: str) -> str | None:
        """Return the value of the first header of that name, in whatever case, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def in_flight(self) -> bool:
        """Whether the answer has neither ended nor been abandoned by the client."""
        return self.ended_at is None and self.hung_up_at is None


Answer: TypeAlias = Reply | Callable[[Call], Reply]
"""What a route or a fault may be given: a reply, or a function that makes one from the call."""


def check_answer(answer: Answer) -> None:
    """Refuse what can answer no call, while the caller is still there to see it.

    Raises:
        TypeError: it is neither a reply nor a function.
    """
    if not isinstance(answer, Reply) and (isinstance(answer, type) or not callable(answer)):
        raise TypeError(f"give a reply such as Status(503), or a function that makes one, not {answer!r}")
