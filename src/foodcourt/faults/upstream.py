"""An HTTP service that misbehaves on a script and remembers every call."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Self

from foodcourt.faults.answering import Link
from foodcourt.faults.calls import Answer, Call
from foodcourt.faults.connection import Connection, Site
from foodcourt.faults.connections import Connections
from foodcourt.faults.handle import Handle
from foodcourt.faults.journal import Journal
from foodcourt.faults.loop import LoopThread
from foodcourt.faults.plan import Fault, Plan, Scope
from foodcourt.faults.replies import Reply, Status
from foodcourt.faults.replies.status import UNSET
from foodcourt.faults.routes import Routes
from foodcourt.faults.server import Server
from foodcourt.faults.timeline import timeline
from foodcourt.faults.verbs import FaultVerbs


class Upstream(Server, FaultVerbs):
    """A real HTTP/1.1 server on a free port of 127.0.0.1, in a thread of its own.

    Use it in a `with` block, or `start()` and `stop()` it. Routes and faults may be set before and after.
    """

    def __init__(
        self,
        name: str = "upstream",
        *,
        keep_alive: bool = True,
        max_body: int = 128 * 1024,
        max_calls: int = 10_000,
        max_recorded: int = 64 * 1024 * 1024,
        max_connections: int = 200,
    ) -> None:
        """Prepare an upstream; nothing runs before `start()`.

        Args:
            name: how messages and threads call it.
            keep_alive: False answers every request with `Connection: close`.
            max_body: bytes; a request with a longer body is answered 413.
            max_calls: how many calls are remembered; `dropped` counts the others.
            max_recorded: bytes of requests that are remembered in all.
            max_connections: open at once; further ones are reset and counted as turned away.
        """
        super().__init__(name, max_connections)
        self._routes = Routes()
        self._plan = Plan()
        self._journal = Journal(max_calls, max_recorded)
        self._site = Site(self._journal, self._decide, keep_alive=keep_alive, max_body=max_body)
        self._connection_number = 0

    # What it answers when all is well.

    def answer(
        self,
        path: str,
        reply: Answer | None = None,
        *,
        method: str | None = None,
        status: int = 200,
        json: Any = UNSET,
        body: bytes | str = b"",
        headers: Mapping[str, str] | None = None,
        close: bool = False,
    ) -> None:
        """Answer a path when no fault says otherwise; a path without a route gets 404.

        Args:
            path: such as `/users/7`; `{uid}` stands for one segment (`call.params["uid"]`), `*` for anything.
            reply: a reply, or a function that makes one from the call; else the rest describes it.
            method: only this method; else every method.
            status: status code.
            json: JSON body.
            body: body as it is.
            headers: further headers.
            close: end the connection afterwards.

        Raises:
            ValueError: the path is no pattern, or the answer cannot be sent.
        """
        if reply is None:
            reply = Status(status, json=json, body=body, headers=headers or {}, close=close)
        self._routes.add(path, method, reply)

    # What goes wrong: see FaultVerbs, and refuse() and recover() of Server.

    def _handles(self) -> tuple[Handle, ...]:
        return self._plan.faults

    def _put_in_force(self, replies: tuple[Answer, ...], scope: Scope, *, script: bool = False) -> Fault:
        def undo() -> None:
            self._plan.remove(fault)
            if self._running is not None:
                self._running[0].call(fault.released.set)

        fault = Fault(replies, scope, undo, script=script)
        self._plan.add(fault)
        return fault

    # What it saw.

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call so far, in the order they were read: a snapshot."""
        self._settle()
        return self._journal.calls

    @property
    def dropped(self) -> int:
        """How many calls were answered but not remembered, because there were too many."""
        self._settle()
        return self._journal.dropped

    @property
    def connections(self) -> Connections:
        """How many connections were accepted, are open, stayed idle…"""
        self._settle()
        return self._journal.connections

    @property
    def in_flight(self) -> int:
        """How many calls wait for their answer now."""
        self._settle()
        return self._journal.in_flight

    @property
    def peak_in_flight(self) -> int:
        """The most calls that waited for their answers at once."""
        self._settle()
        return self._journal.peak

    def forget(self) -> None:
        """Start counting anew: calls, connections, peak. Faults and routes stay."""
        self._settle()  # or calls that are over but not yet noted would count as in flight
        self._journal.forget()

    def wait_for(self, calls: int, timeout: float = 5.0) -> bool:
        """Wait until so many calls have come in; return whether they did within `timeout` seconds."""
        return self._journal.wait_until(lambda: self._journal.arrived >= calls, timeout)

    def wait_until(self, predicate: Callable[[Self], bool], timeout: float = 5.0) -> bool:
        """Wait until the predicate holds for this upstream, asked after each event.

        Returns:
            Whether it came to hold within `timeout` seconds.
        """
        return self._journal.wait_until(lambda: predicate(self), timeout)

    def timeline(self) -> str:
        """Return the exchange on the wire as text, one line per event."""
        return timeline(self.calls)

    # In the loop's thread.

    def _open(self) -> int:
        return len(self._site.connections)

    def _turned_away(self) -> None:
        self._journal.count(turned_away=1)

    def _accepted(self, loop: LoopThread, accepted: socket.socket) -> None:
        self._connection_number += 1
        connection = Connection(loop, self._site, self._connection_number)
        connecting = loop.spawn(_connect(loop, connection, accepted))
        # Cancelled by stop() before it began, it would leave the socket open.
        connecting.add_done_callback(lambda task: accepted.close() if task.cancelled() else None)

    def _drop_connections(self) -> None:
        for connection in tuple(self._site.connections):
            connection.drop("the upstream closed the connection")

    def _decide(self, call: Call) -> tuple[Call, list[Link]]:
        """Return the call with its route's params, and the replies it meets, newest fault first."""
        route = self._routes.find(call.method, call.path)
        if route is not None:
            call = replace(call, params=route[1])
        links: list[Link] = []
        for fault, answer in self._plan.met_by(call):
            call, reply = _reply(answer, call)
            links.append(Link(reply, fault))
            if not reply.passes_on:
                return call, links
        if route is None:
            nothing = Status(404, json={"detail": f"nothing is served at {call.method} {call.path}"})
            return call, [*links, Link(nothing)]
        call, reply = _reply(route[0], call)
        return call, [*links, Link(reply)]


async def _connect(loop: LoopThread, connection: Connection, accepted: socket.socket) -> None:
    try:
        await loop.loop.connect_accepted_socket(lambda: connection, accepted)
    except OSError:
        accepted.close()  # the client was gone before we looked


def _reply(answer: Answer, call: Call) -> tuple[Call, Reply]:
    if isinstance(answer, Reply):
        return call, answer
    try:
        reply = answer(call)
        if not isinstance(reply, Reply):
            raise TypeError(f"it returned {reply!r}, which is no reply")
        return call, reply
    except Exception as error:  # noqa: BLE001 - it is the caller's function; the call's note tells them
        note = f"the answer function raised {type(error).__name__}: {error}"
        return replace(call, note=note), Status(500, json={"detail": note})
