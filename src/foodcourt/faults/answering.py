"""The wire of one answer: writes to the connection and keeps the record of what went over it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import NoReturn, Protocol

from foodcourt.faults.calls import Call
from foodcourt.faults.journal import Journal
from foodcourt.faults.plan import Fault
from foodcourt.faults.replies.base import AnswerOver, Part, Reply, Wire

_EXCERPT = 1024  # bytes of the answer's body that are kept
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})")


@dataclass(frozen=True, slots=True)
class Link:
    """A reply in the chain from the newest fault down to the route, and the fault it comes from."""

    reply: Reply
    fault: Fault | None = None


class Line(Protocol):
    """What an answer needs of its connection."""

    async def write(self, data: bytes) -> float:
        """Write bytes, wait until the kernel has taken them, and return when it had."""

    def leave(self) -> None:
        """Close in order."""

    def reset(self) -> None:
        """Close with RST."""


class Answering(Wire):
    """One answer on its way."""

    def __init__(
        self, line: Line, journal: Journal, key: int, call: Call, links: list[Link], *, closing: bool
    ) -> None:
        """Begin before the first byte."""
        self._line = line
        self._journal = journal
        self._key = key
        self._call = call
        self._links = iter(links)
        self._link: Link | None = None
        self._closing = closing
        self._sent = 0
        self._last_at: float | None = None
        self._start = b""
        self._body = b""

    @property
    def call(self) -> Call:
        """The call that is answered."""
        return self._call

    @property
    def closing(self) -> bool:
        """Whether the connection ends after this answer."""
        return self._closing

    @property
    def ended_at(self) -> float:
        """When the last byte was written; now, if there was none."""
        return self._last_at if self._last_at is not None else self._journal.now()

    def close_after(self) -> None:
        """End the connection after this answer."""
        self._closing = True

    def next_reply(self) -> Reply:
        """Go one link down the chain."""
        self._link = next(self._links)
        return self._link.reply

    async def send(self, data: bytes, part: Part) -> None:
        """Write bytes and note them."""
        if not data:
            return
        if not self._sent:
            self._journal.update(self._key, began_at=self._journal.now())
        self._last_at = await self._line.write(data)
        self._sent += len(data)
        changes: dict[str, object] = {"sent": self._sent}
        if part == "head" and len(self._start) < 16:
            self._start += data[:16]
            if found := _STATUS_LINE.match(self._start):
                changes["status"] = int(found[1])
        if part == "body" and len(self._body) < _EXCERPT:
            self._body += data[: _EXCERPT - len(self._body)]
            changes["answer"] = self._body
        self._journal.update(self._key, **changes)

    async def until_released(self) -> None:
        """Wait for the end of the fault; a route's reply is never released."""
        fault = self._link.fault if self._link is not None else None
        await (fault.released if fault is not None else asyncio.Event()).wait()

    async def finish(self) -> NoReturn:
        """Close in order."""
        self._line.leave()
        raise AnswerOver

    async def reset(self) -> NoReturn:
        """Close with RST."""
        self._line.reset()
        raise AnswerOver
