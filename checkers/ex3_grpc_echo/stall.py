"""An echo stall of ours, which says something else than it hears, late, or never."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import grpc
from texts import written
from wire import OPTIONS, pack, unpack

from foodcourt.grading.timeline import Event

_FOR_EVER = 1e9
"""Seconds; gRPC gives a call without a deadline the end of its clock."""
_LONGEST = 1 << 16
"""Bytes of a message that is taken in; what a client is told to say here is much shorter."""
_SIGNS, _MOST = 400, 500
"""Of how many calls it is remembered what was said, and how much of that: more than any client is told to say."""
_AT_ONCE = 64
"""How many calls are taken at a time."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A call that came in.

    Attributes:
        at: monotonic seconds.
        path: the method that was called.
        text: what was said, or how it begins; None where that could not be read, or the method is not ours.
        timeout: seconds until the caller's deadline; None without one.
    """

    at: float
    path: str
    text: str | None
    timeout: float | None

    def events(self) -> list[Event]:
        """Give it as an event for a timeline."""
        said = "what cannot be read" if self.text is None else written(self.text)
        limit = "no deadline" if self.timeout is None else f"a deadline in {self.timeout:.2f} s"
        return [Event(self.at, "echo stall (ours)", f"is asked: {self.path} with {said}, {limit}")]

    def by_hand(self) -> list[str]:
        """Nothing: the customer's line does it."""
        return []


class Stall(grpc.GenericRpcHandler):
    """Our server: answers each text as it was told to, and any other with one that nobody expects."""

    def __init__(self, path: str) -> None:
        """Listen on a free port; `path` is the address of the only method that there is."""
        self.heard: list[Heard] = []
        self._path = path
        self._replies: dict[str, tuple[str, float | None]] = {}
        options = {
            **dict(OPTIONS),
            "grpc.so_reuseport": 0,  # nobody else may share the port, as gRPC would have it
            "grpc.max_receive_message_length": _LONGEST,
            "grpc.max_concurrent_streams": _AT_ONCE,
            "grpc.http2.bdp_probe": 0,  # or the window grows as fast as somebody sends
        }
        self._server = grpc.server(
            ThreadPoolExecutor(32),
            handlers=[self],
            options=list(options.items()),
            maximum_concurrent_rpcs=_AT_ONCE,
        )
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    def answer(self, text: str, reply: str, *, after: float | None = 0.0) -> None:
        """Answer a text with another, `after` so many seconds; None: never."""
        self._replies[text] = (reply, after)

    def heard_since(self, mark: int, text: str, *, within: float) -> tuple[Heard, ...]:
        """Give what was heard after the first `mark` calls, but for other texts that somebody was told to say.

        Where that text is not among it yet, it is waited for: our own threads may be late to note it.
        """
        deadline = time.monotonic() + within
        while text not in (call.text for call in self.heard[mark:]) and time.monotonic() < deadline:
            time.sleep(0.01)
        others = self._replies.keys() - {text}
        return tuple(call for call in self.heard[mark:] if call.text not in others)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """Find the method for a call."""
        path = str(handler_call_details.method)
        if path == self._path:
            return grpc.unary_unary_rpc_method_handler(self._answer)
        self._hear(path[:200], None, None)
        return None

    def _hear(self, path: str, text: str | None, timeout: float | None) -> None:
        if len(self.heard) < _MOST:
            self.heard.append(Heard(time.monotonic(), path, text, timeout))

    def _answer(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        text, left = unpack(request), context.time_remaining()
        text = text and text[:_SIGNS]
        self._hear(self._path, text, left if left and left < _FOR_EVER else None)
        reply, after = self._replies.get(text or "", ("you did not say what you were told to say", 0.0))
        gone = threading.Event()
        if context.add_callback(gone.set):
            gone.wait(after)
        return pack(reply)

    def close(self) -> None:
        """Let go of all callers."""
        self._server.stop(0).wait()
