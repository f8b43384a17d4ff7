"""Answers that break the protocol or the promise of their headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from foodcourt.faults.replies.base import Reply, Wire
from foodcourt.faults.replies.status import head

Garbage: TypeAlias = Literal["status", "headers", "chunked", "json"]

_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Malformed(Reply):
    """Answers with garbage and closes the connection.

    Attributes:
        what: `"status"` (the first line is no HTTP), `"headers"` (a header line is none), `"chunked"` (a
            chunk's size is no number), `"json"` (sound HTTP that promises JSON and breaks off inside it).
    """

    what: Garbage = "status"

    def __post_init__(self) -> None:
        """Refuse a kind of garbage that is not known.

        Raises:
            ValueError: `what` is none of the four.
        """
        if self.what not in _BYTES:
            raise ValueError(f"what is one of {', '.join(_BYTES)}, not {self.what!r}")

    async def send(self, wire: Wire) -> None:
        """Send the garbage, then FIN."""
        first, rest = _BYTES[self.what]
        await wire.send(first, "head")
        await wire.send(rest, "body")
        await wire.finish()

    def __str__(self) -> str:
        """Say it in words."""
        return f"answers with malformed {self.what}"


_NOT_JSON = b'{"id": 7, "email": '

_BYTES: dict[str, tuple[bytes, bytes]] = {
    "status": (b"SMTP ready, how may I help you?\r\n\r\n", b"this is no HTTP\r\n"),
    "headers": (b"HTTP/1.1 200 OK\r\nthis line is no header\r\n\r\n", b"{}"),
    "chunked": (
        head(200, {**_JSON, "Transfer-Encoding": "chunked"}, closing=True),
        b"not-a-size\r\n{}\r\n0\r\n\r\n",
    ),
    "json": (head(200, {**_JSON, "Content-Length": str(len(_NOT_JSON))}, closing=True), _NOT_JSON),
}
