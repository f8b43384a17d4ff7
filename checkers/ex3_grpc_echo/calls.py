"""Calls to the learner's server, each over a connection of its own, and what a check expects of the replies."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import grpc
from texts import change, written
from wire import connect, hold, unpack

from foodcourt.grading.failures import CheckFailed, SubmissionBroken
from foodcourt.grading.learner_program import LearnerProgram
from foodcourt.grading.signatures import likely_mistake
from foodcourt.grading.submission import Submission
from foodcourt.grading.timeline import Event

PATIENCE = 5.0
"""Seconds that a call may take where a check does not say otherwise."""
_BREATH = 0.1
"""Seconds between the beginning of several calls and their texts."""
_CHANNEL = "grpc.insecure_channel('localhost:50051')"
_BY_HAND = {
    "Echo": (
        "import grpc, echo_pb2, echo_pb2_grpc; "
        f"stub = echo_pb2_grpc.EchoServiceStub({_CHANNEL}); "
        "print(repr(stub.Echo(echo_pb2.EchoRequest(message={text}), timeout=5).message))"
    ),
    "Check": (
        "import grpc; from grpc_health.v1 import health_pb2, health_pb2_grpc; "
        f"stub = health_pb2_grpc.HealthStub({_CHANNEL}); "
        "print(stub.Check(health_pb2.HealthCheckRequest(service={text}), timeout=5))"
    ),
}
"""By the method's name: how to call it by hand."""


class EchoProgram(LearnerProgram):
    """The learner's server.py."""

    def _start_mistake(self) -> str:
        return self.end_mistake()

    def end_mistake(self) -> str:
        """Name the likely mistake behind its end; empty when unsure."""
        mistake = super()._start_mistake() or likely_mistake(self.log()[-2000:])
        if not mistake and self.wait(0) == 0:
            return "it comes to its end at once: wait_for_termination() is missing, or main() is never called"
        return mistake

    def silence_mistake(self) -> str:
        """Name the likely mistake when its port is open, but nothing is answered; empty when unsure."""
        if mistake := likely_mistake(self.log()[-2000:]):
            return mistake
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.recv(1)  # a gRPC server that has started speaks first
        except TimeoutError:
            return "server.start() is never called"
        except OSError:
            pass
        return ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a call.

    Attributes:
        server: whom it went to.
        path: the method that was called.
        sent: the text that was sent.
        code: the status.
        details: the words that came with it.
        data: the message that came back; None where none did.
        started: monotonic seconds when the call began.
        elapsed: seconds until it ended.
        log_mark: how much the server had printed before.
    """

    server: EchoProgram
    path: str
    sent: str
    code: grpc.StatusCode
    details: str
    data: bytes | None
    started: float
    elapsed: float
    log_mark: int

    @property
    def message(self) -> str | None:
        """The text that came back; None where none did."""
        return None if self.data is None else unpack(self.data)

    @property
    def reached(self) -> bool:
        """Whether a gRPC server answered, whatever it said."""
        return self.code not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)

    @property
    def outcome(self) -> str:
        """What came, in words."""
        if self.code is grpc.StatusCode.OK:
            return "a reply that is no such message" if self.message is None else _quoted(self.message)
        return f'{self.code.name} ("{self.details}") after {self.elapsed:.1f} s'

    @property
    def mistake(self) -> str:
        """The likely mistake behind a status; empty when unsure."""
        log = self.server.log(self.log_mark)
        if self.code is grpc.StatusCode.INTERNAL and re.search(r"coroutine '[^'\n]*' was never awaited", log):
            return "Echo is an `async def`, which grpc.aio.server() awaits and grpc.server() does not"
        return likely_mistake(f"{self.code.name}: {self.details}")

    def events(self) -> list[Event]:
        """Give the call as events for a timeline."""
        ended = self.started + self.elapsed
        return [
            Event(self.started, "checker", f"calls {self.path} of {self.server.name}: {_quoted(self.sent)}"),
            Event(ended, self.server.name, f"answers: {self.outcome}"),
        ]

    def by_hand(self) -> list[str]:
        """Give the lines that start the server and call it the same way, one for each terminal."""
        code = _BY_HAND.get(self.path.rpartition("/")[2], "").format(text=written(self.sent))
        quoted = re.sub(r'([\\$`"])', r"\\\1", code)
        return [self.server.by_hand, *([f'python -c "{quoted}"'] if code else [])]

    def expect_echo(self) -> None:
        """Expect the text that was sent.

        Raises:
            CheckFailed: another came, or a status other than OK.
        """
        if self.message == self.sent:
            return
        # Where other texts are echoed and the empty one is not, it was singled out, whatever came instead.
        singled_out = not self.sent and self.reached
        mistake = change(self.sent, self.message or "") if self.message is not None or singled_out else ""
        raise self.failed(f"the echo of {_quoted(self.sent)}", mistake)

    def failed(self, expected: str, mistake: str = "", kind: type[CheckFailed] = CheckFailed) -> CheckFailed:
        """Say that something else was expected, with the likely mistake where there is one."""
        # A connection breaks before the word is out that the process at its other end is gone.
        if not self.reached and (status := self.server.died(0.3)) is not None:
            crash = self.server.crash(self.log_mark)
            return SubmissionBroken(f"{self.server.name} ended with {status} when it was called\n{crash}")
        observed = self.outcome
        if self.code is not grpc.StatusCode.OK and (trace := self.server.traceback(self.log_mark)):
            observed += f"; your code raised {trace.error} ({trace.where or 'outside your files'})"
        return kind(expected, observed, mistake=mistake or self.mistake)


@dataclass(frozen=True)
class Method:
    """A method of the learner's server that takes a text: Echo, or another one.

    Attributes:
        submission: whose it is.
        server: the server.
        path: its address, such as `/echo.EchoService/Echo`.
    """

    submission: Submission
    server: EchoProgram
    path: str

    def say(self, text: str) -> Reply:
        """Call it once."""
        return self.say_all([text])[0]

    def say_all(self, texts: Sequence[str], *, patience: float = PATIENCE) -> list[Reply]:
        """Call it with several texts at the same time; every call gets `patience` seconds.

        All calls are begun before the first is given its text, so that they are in flight together. The call of a
        unary rpc looks on the wire like one of a stream that sends a single message; as a stream it can be held.
        """
        self.server.ready()
        patience = max(0.1, min(patience, self.submission.time_left()))
        mark, go_on, ended = self.server.log_size(), threading.Event(), {}
        with ExitStack() as stack:
            stack.callback(go_on.set)
            channels = [stack.enter_context(connect(self.server.port)) for _ in texts]
            calls = [
                channel.stream_unary(self.path).future(hold(text, go_on), timeout=patience)
                for channel, text in zip(channels, texts, strict=True)
            ]
            started = time.monotonic()
            for call in calls:
                call.add_done_callback(lambda call: ended.setdefault(call, time.monotonic()))
            go_on.wait(_BREATH if len(texts) > 1 else 0.0)
            go_on.set()
            replies = [self._reply(call, text, started, ended, mark) for call, text in zip(calls, texts, strict=True)]
        self.submission.observe(*replies)
        self.submission.show_log(self.server, mark)
        return replies

    def _reply(
        self, call: grpc.Future, text: str, started: float, ended: dict[grpc.Future, float], mark: int
    ) -> Reply:
        error = call.exception()
        elapsed = ended.setdefault(call, time.monotonic()) - started
        code = grpc.StatusCode.OK if error is None else error.code()
        details = "" if error is None else shown(error.details())
        data = call.result() if error is None else None
        return Reply(self.server, self.path, text, code, details, data, started, elapsed, mark)


def shown(details: str | None) -> str:
    """Give the words of a status on one line that is not too long."""
    text = " ".join((details or "").split())
    return text if len(text) <= 300 else text[:299] + "…"


def _quoted(text: str) -> str:
    return written(text) if len(text) > 200 else repr(text)[:160]
