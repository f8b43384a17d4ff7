"""Receives spans by OTLP over HTTP, from every service's OpenTelemetry SDK, in this process."""

from __future__ import annotations

import os
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from foodcourt.errors import FoodCourtError
from foodcourt.telemetry.spans import Span, Trace, spans_in

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

__all__ = ["Receiver"]

ENDPOINT_VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT"
_PATH = "/v1/traces"
_BODY_LIMIT = 16 << 20
_SPAN_LIMIT = 100_000
_FORWARD_SECONDS = 5.0


class Receiver:
    """An OTLP backend that keeps the spans it gets, for as long as its block lasts.

    Where `OTEL_EXPORTER_OTLP_ENDPOINT` is set when it is made, every request is passed on there as well, so that the
    same spans can be looked at in the full stack's own pages.

    Attributes:
        endpoint: what services take as `OTEL_EXPORTER_OTLP_ENDPOINT`.
        forwards_to: the full stack's endpoint, or None.
        problems: requests that were no OTLP, or could not be passed on, in words.
    """

    def __init__(self) -> None:
        """Listen on a free loopback port."""
        self.forwards_to = (os.environ.get(ENDPOINT_VARIABLE) or "").rstrip("/") or None
        self.problems: deque[str] = deque(maxlen=100)
        self._spans: deque[Span] = deque(maxlen=_SPAN_LIMIT)
        self._arrived = threading.Condition()
        self._server = _Server(self)
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="otlp", daemon=True)
        self._thread.start()

    def environment(self, service: str) -> dict[str, str]:
        """Give the settings that make a service's OpenTelemetry SDK send its spans here, soon after they ended.

        Args:
            service: the name that its spans bear.
        """
        return {
            "OTEL_SERVICE_NAME": service,
            ENDPOINT_VARIABLE: self.endpoint,
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_BSP_SCHEDULE_DELAY": "100",  # milliseconds
        }

    @property
    def spans(self) -> list[Span]:
        """All spans so far, in the order in which they came."""
        with self._arrived:
            return list(self._spans)

    @property
    def traces(self) -> list[Trace]:
        """All traces so far, by the order of their first span to come."""
        by_id: dict[str, list[Span]] = {}
        for span in self.spans:
            by_id.setdefault(span.trace_id, []).append(span)
        return [Trace(id_, spans) for id_, spans in by_id.items()]

    def forget(self) -> None:
        """Drop what has come so far."""
        with self._arrived:
            self._spans.clear()

    def wait_for(self, wanted: Callable[[Trace], bool], within: float = 10.0) -> Trace:
        """Wait for a trace: a service sends its spans some time after they ended, and each service its own.

        Args:
            wanted: says whether a trace is the one, and whole.
            within: seconds to wait.

        Raises:
            FoodCourtError: none came; the message says what did.
        """
        deadline = time.monotonic() + within
        with self._arrived:
            while True:
                for trace in self.traces:
                    if wanted(trace):
                        return trace
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self._arrived.wait(left)
        came = "\n".join(f"  {len(trace)} spans of {', '.join(trace.services)}" for trace in self.traces[-5:])
        raise FoodCourtError(
            f"expected a trace within {within:g} s, but none of these is it:\n{came or '  (none came)'}\n"
            f"is {ENDPOINT_VARIABLE}={self.endpoint} set for every service?"
        )

    def take(self, body: bytes, encoding: str) -> None:
        """Keep the spans of a request's body, and pass it on.

        Args:
            body: an `ExportTraceServiceRequest` in protobuf.
            encoding: its `Content-Encoding`.

        Raises:
            ValueError: it is no such message.
        """
        request = _parse(body, encoding)
        with self._arrived:
            self._spans += spans_in(request)
            self._arrived.notify_all()
        if self.forwards_to:
            self._forward(body, encoding)

    def _forward(self, body: bytes, encoding: str) -> None:
        import httpx

        headers = {"Content-Type": "application/x-protobuf"} | ({"Content-Encoding": encoding} if encoding else {})
        try:
            httpx.post(
                f"{self.forwards_to}{_PATH}", content=body, headers=headers, timeout=_FORWARD_SECONDS, trust_env=False
            ).raise_for_status()
        except httpx.HTTPError as error:
            self.problems.append(f"{ENDPOINT_VARIABLE}={self.forwards_to} does not take spans: {error}")

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Receiver:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a service that keeps its connection open must not hold us up

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def do_POST(self) -> None:
        """Answer a request as the specification says: 200 with an empty message, 400 for what cannot be read."""
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if self.path != _PATH or not 0 <= length <= _BODY_LIMIT:
            self.close_connection = True
            self._answer(404 if self.path != _PATH else 413)
            return
        body = self.rfile.read(length)
        try:
            self.server.receiver.take(body, self.headers.get("Content-Encoding", ""))
        except ValueError as error:
            self.server.receiver.problems.append(str(error))
            self._answer(400)
        else:
            self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")  # which is how an empty message is written
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a notebook's output is not the place."""


def _parse(body: bytes, encoding: str) -> ExportTraceServiceRequest:
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    try:
        if encoding == "gzip":
            unpacker = zlib.decompressobj(wbits=31)
            body = unpacker.decompress(body, _BODY_LIMIT)
            if unpacker.unconsumed_tail:
                raise ValueError(f"expected at most {_BODY_LIMIT} bytes of spans, got more")
        request: ExportTraceServiceRequest = ExportTraceServiceRequest.FromString(body)
    except (DecodeError, zlib.error) as error:
        raise ValueError(f"expected spans in OTLP's protobuf form, got something else: {error}") from error
    return request
