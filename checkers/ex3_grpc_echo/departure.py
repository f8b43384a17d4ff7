"""How the learner's server leaves: SIGTERM while a call is in flight."""

from __future__ import annotations

import signal
import socket
import threading
import time
from dataclasses import dataclass

import grpc
from calls import EchoProgram, Method, shown
from texts import word
from wire import connect, hold, pack, unpack

from foodcourt.grading.failures import CheckFailed, TooSlow
from foodcourt.grading.signatures import likely_mistake
from foodcourt.grading.timeline import Event
from foodcourt.grading.verdicts import Evidence
from foodcourt.processes.service import describe_exit

HOLD = 0.45
"""Seconds that the call is still in flight after the signal; with its reply on the way, they become half a second."""
LIMIT = 2.0
"""Seconds after the signal within which all is over."""


@dataclass(frozen=True, slots=True)
class Departure:
    """What came of it; all times are monotonic seconds.

    Attributes:
        server: the server that was told to leave.
        sent: what the call said.
        seen: whether the server certainly had the call before the signal.
        signalled: when the signal was sent.
        spoken: when the call's message followed, with which it could end.
        replied: when the call ended.
        got: what was replied; None where nothing was.
        problem: why not.
        ended: when the process ended, or was given up.
        status: its exit status; None where it did not end.
        open: whether it still took connections when it was given up.
        orphans: how many processes it left behind.
        log_mark: how much it had printed before the signal.
    """

    server: EchoProgram
    sent: str
    seen: bool
    signalled: float
    spoken: float
    replied: float
    got: str | None
    problem: str
    ended: float
    status: int | None
    open: bool
    orphans: int
    log_mark: int

    def events(self) -> list[Event]:
        """Give it as events for a timeline."""
        name, end = self.server.name, "still runs" if self.status is None else f"ends: {describe_exit(self.status)}"
        reply = f"drops the call: {self.problem}" if self.got is None else f"answers the call in flight: {self.got!r}"
        events = [
            Event(self.signalled, "checker", f"sends SIGTERM to {name}, with a call in flight"),
            Event(self.replied, name, reply),
            Event(self.ended, name, end),
        ]
        if self.spoken - self.signalled >= HOLD:
            events.append(Event(self.spoken, "checker", f"sends the rest of the call: {self.sent!r}"))
        return events

    def by_hand(self) -> list[str]:
        """Give the lines that do the same, one for each terminal."""
        line = self.server.by_hand
        return [
            f"{line}   # with time.sleep(0.5) in Echo",
            f"python client.py --target localhost:50051 noodles & sleep 0.3; pkill -TERM -f '{line}'; wait",
        ]

    @property
    def printed(self) -> tuple[Evidence, ...]:
        """What the server printed from the signal on."""
        lines = [line[:500] for line in self.server.log(self.log_mark).splitlines()[-25:]]
        return (Evidence("log", f"what {self.server.name} printed", "\n".join(lines)),) if lines else ()

    def expect_graceful(self) -> None:
        """Expect that the call got its reply and that nothing is left.

        Raises:
            CheckFailed: it did not, or something is.
        """
        if self.got != self.sent:
            # Where it took us longer than it should to end the call, the fault may be ours.
            late = not self.seen or (self.spoken - self.signalled > HOLD + 0.05 and self.status != -signal.SIGTERM)
            observed = f"a dropped call ({self.problem})" if self.got is None else f"the reply {self.got!r}"
            observed += f" after {self.replied - self.signalled:.2f} s"
            if self.status is not None:
                observed += f"; the server ended with {describe_exit(self.status)}"
            raise (TooSlow if late else CheckFailed)(
                "the call that is in flight at SIGTERM, and ends 0.5 s later, to get its reply",
                observed,
                mistake=self._drop_mistake(),
                evidence=self.printed,
            )
        took, expected = self.ended - self.signalled, f"the process to end within {LIMIT:g} s after SIGTERM"
        if self.status is None:
            observed, mistake = f"one that runs on after {took:.1f} s", self._stay_mistake()
            raise CheckFailed(expected, observed, mistake=mistake, evidence=self.printed)
        if took > LIMIT:
            raise TooSlow(expected, f"its end after {took:.1f} s")
        if self.orphans:
            raise CheckFailed(
                "no process left behind by the server",
                str(self.orphans),
                mistake="it ends without waiting for the processes that it started",
            )

    def _drop_mistake(self) -> str:
        if self.status == -signal.SIGTERM:
            return "SIGTERM is not handled, so it kills the process on the spot"
        if "Cancelling all calls" in self.problem:
            return "server.stop() is given no grace, or too little, so it cuts off the calls in flight"
        if self.got is None and self.status is not None:
            return "the process ends without waiting for the calls in flight"
        return ""

    def _stay_mistake(self) -> str:
        if mistake := likely_mistake(self.server.log(self.log_mark)[-2000:]):
            return mistake
        if self.open:
            return "nothing stops the server when SIGTERM comes"
        return "the server is stopped, but the process is not: something in it waits too long, or for ever"


def depart(echo: Method) -> Departure:
    """Begin a call, send the server SIGTERM, end the call half a second later, and see what becomes of both.

    The server has accepted the call, and gets the message to it when we let it go on.
    """
    server, sent = echo.server, word()
    server.ready()
    mark, go_on, over = server.log_size(), threading.Event(), threading.Event()
    with connect(server.port) as channel:
        call = channel.stream_unary(echo.path).future(hold(sent, go_on), timeout=2 * LIMIT)
        try:
            call.add_done_callback(lambda _: over.set())
            seen = _is_seen(channel, echo.path)
            signalled = time.monotonic()
            server.signal(signal.SIGTERM)
            over.wait(HOLD)
            spoken = time.monotonic()
        finally:
            go_on.set()
        error = call.exception()
        replied = time.monotonic()
    data = call.result() if error is None else None
    got = None if data is None else unpack(data)
    problem = "OK, but no message" if error is None else f"{error.code().name}: {shown(error.details())}"
    status = server.wait(max(0.0, signalled + 2 * LIMIT - time.monotonic()))
    ended = time.monotonic()
    open_ = status is None and _accepts(server.port)
    if status is None:
        server.kill()
    departure = Departure(
        server, sent, seen, signalled, spoken, replied, got, problem, ended, status, open_, server.orphans, mark
    )
    echo.submission.observe(departure)
    return departure


def _is_seen(channel: grpc.Channel, path: str) -> bool:
    """Make sure that the server has the call in hand: it answers one that came after it on the same connection.

    A server that serves one call at a time cannot; it has had the time to begin the first.
    """
    try:
        channel.unary_unary(path)(pack(word()), timeout=0.3)
    except grpc.RpcError:
        return False
    return True


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
