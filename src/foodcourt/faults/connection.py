"""One client's connection: reads requests, has them answered, notices when the client leaves."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import cast

from foodcourt.faults.answering import Answering, Link
from foodcourt.faults.calls import Call
from foodcourt.faults.journal import Journal
from foodcourt.faults.loop import LoopThread
from foodcourt.faults.parsing import Request, RequestParser
from foodcourt.faults.replies.base import AnswerOver
from foodcourt.faults.replies.status import Status
from foodcourt.faults.sockets import reset_on_close

_MAX_WAITING = 64 * 1024  # bytes of further requests taken while one is being answered
_FAREWELL = 1.0  # seconds that a client has to close its side after we closed ours


@dataclass(slots=True)
class Site:
    """What the connections of one upstream share."""

    journal: Journal
    decide: Callable[[Call], tuple[Call, list[Link]]]
    _: KW_ONLY
    keep_alive: bool
    max_body: int
    connections: set[Connection] = field(default_factory=set)


class Connection(asyncio.Protocol):
    """Lives in the loop's thread, from accept to close."""

    def __init__(self, loop: LoopThread, site: Site, number: int) -> None:
        """Begin when the connection has been accepted."""
        self._loop = loop
        self._site = site
        self._number = number
        self._accepted_at = site.journal.now()
        self._parser = RequestParser(site.max_body)
        self._turn = 0
        self._continued = 0
        self._connected = False
        self._failed = False
        self._leaving = False
        self._key: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._farewell: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        site.connections.add(self)
        site.journal.count(accepted=1, open=1)

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self.transport = cast(asyncio.Transport, transport)
        self._connected = True
        # No buffer above the kernel's: `drained` then means that the kernel has the bytes.
        self.transport.set_write_buffer_limits(high=0)
        if self._leaving:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take bytes; while an answer is on its way, only so many."""
        if self._leaving:
            return
        self._parser.feed(data)
        if self._task is None:
            self._go_on()
        elif self._parser.waiting > _MAX_WAITING:
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """Take a client that closes its side for one that hangs up, as most servers do."""
        if self._task is None and not self._leaving:
            self._parser.feed(b"")
            self._go_on()
            return self._task is not None  # stay open to answer 400 to half a request
        self._hang_up()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        self._hang_up()
        if self._farewell is not None:
            self._farewell.cancel()
        self._site.connections.discard(self)
        self._site.journal.count(open=-1, idle=int(self._turn == 0), failed=int(self._failed))

    def pause_writing(self) -> None:
        """Hold answers back until the kernel takes more bytes."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let answers go on."""
        self._writable.set()

    # What answers call.

    async def write(self, data: bytes) -> float:
        """Write bytes, wait until the kernel has taken them, and return when it had."""
        if self.transport.is_closing():
            # The client is gone: connection_lost is about to cancel this very task.
            await asyncio.get_running_loop().create_future()
        # Taken before: the client may be reading before the call returns.
        taken_at = self._site.journal.now()
        self.transport.write(data)
        if not self._writable.is_set():
            await self._writable.wait()
            taken_at = self._site.journal.now()
        return taken_at

    def leave(self) -> None:
        """Close in order: FIN, then wait a moment for the client's, so that no RST overtakes our bytes."""
        if self._leaving:
            return
        self._leaving = True
        if self.transport.is_closing():
            return
        with contextlib.suppress(OSError):  # the client has reset the connection: there is nobody to tell
            self.transport.write_eof()
        self.transport.resume_reading()
        self._farewell = self._loop.loop.call_later(_FAREWELL, self.transport.abort)

    def reset(self) -> None:
        """Close at once and without order: the client sees RST."""
        self._leaving = True
        reset_on_close(self.transport.get_extra_info("socket"))
        self.transport.abort()

    # What the upstream calls.

    def drop(self, why: str) -> None:
        """Close at once, as a process that dies does."""
        self._leaving = True
        if self._task is not None and self._key is not None:
            self._site.journal.close(self._key, ended_at=self._site.journal.now(), note=why)
            self._task.cancel()
            self._key = self._task = None
        if self._connected:  # else connection_made will do it
            # abort() closes in the loop's next turn; whoever asked for it must find the connection closed already.
            with contextlib.suppress(OSError):
                self.transport.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
            self.transport.abort()

    def _go_on(self) -> None:
        found = self._parser.next()
        if found is not None:
            self._begin(found)
        elif self._parser.wants_continue and self._continued == self._turn:
            self._continued += 1
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _begin(self, request: Request) -> None:
        self._turn += 1
        self._continued = self._turn
        journal = self._site.journal
        self._key, call = journal.open(self._call(request))
        if request.problem:
            self._failed = True
            links = [Link(Status(request.status, json={"detail": request.problem}, close=True))]
        else:
            call, links = self._site.decide(call)
        journal.update(self._key, params=call.params, note=call.note, reply=links[0].reply)
        closing = not (self._site.keep_alive and request.keep_alive)
        answering = Answering(self, journal, self._key, call, links, closing=closing)
        self._task = self._loop.spawn(self._answer(answering, self._key))

    def _call(self, request: Request) -> Call:
        return Call(
            number=0,  # the journal counts
            connection=self._number,
            turn=self._turn,
            method=request.method,
            target=request.target,
            path=request.path,
            query=request.query,
            headers=request.headers,
            body=request.body,
            connected_at=self._accepted_at,
            read_at=self._site.journal.now(),
            origin=self._site.journal.origin,
            note=f"malformed request: {request.problem}" if request.problem else "",
        )

    async def _answer(self, answering: Answering, key: int) -> None:
        try:
            await answering.next_reply().send(answering)
        except AnswerOver:
            answering.close_after()
        self._site.journal.close(key, ended_at=answering.ended_at)
        self._key = self._task = None
        if answering.closing:
            self.leave()
        else:
            self.transport.resume_reading()
            self._go_on()

    def _hang_up(self) -> None:
        if self._task is not None and self._key is not None:
            self._site.journal.close(self._key, hung_up_at=self._site.journal.now())
            self._task.cancel()
            self._key = self._task = None
