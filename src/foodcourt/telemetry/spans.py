"""Spans as they come from OpenTelemetry's SDKs, and the traces that they make up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

__all__ = ["Span", "Trace", "spans_in"]

_KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
_STATUSES = ("unset", "ok", "error")


@dataclass(frozen=True, slots=True)
class Span:
    """One piece of work of one service.

    Attributes:
        trace_id: 32 hexadecimal digits, the same in all spans of one request.
        span_id: 16 hexadecimal digits.
        parent_id: the span that caused this one; empty for the first.
        name: what was done, such as `GET /users/{uid}`.
        kind: `internal`, `server`, `client`, `producer` or `consumer`.
        service: who did it.
        start: seconds since the epoch.
        end: seconds since the epoch.
        attributes: what else is known.
        status: `unset`, `ok` or `error`.
        links: span ids of other causes.
    """

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: str
    service: str
    start: float
    end: float
    attributes: Mapping[str, Any]
    status: str = "unset"
    links: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.start


class Trace:
    """All spans of one request that have arrived, each below the one that caused it.

    Attributes:
        id: the trace id.
        spans: from the first to the last, a caller before those it called.
    """

    def __init__(self, id_: str, spans: Iterable[Span]) -> None:
        """Put the spans in order."""
        self.id = id_
        by_start = sorted(spans, key=lambda span: span.start)
        self._ids = {span.span_id for span in by_start}
        children: dict[str, list[Span]] = {}
        for span in by_start:
            children.setdefault(span.parent_id if span.parent_id in self._ids else "", []).append(span)
        self._depths: dict[str, int] = {}
        self.spans: list[Span] = []
        pending = [(span, 0) for span in reversed(children.get("", []))]
        while pending:
            span, depth = pending.pop()
            if span.span_id in self._depths:  # sent twice, or its own ancestor
                continue
            self._depths[span.span_id] = depth
            self.spans.append(span)
            pending += [(child, depth + 1) for child in reversed(children.get(span.span_id, []))]

    def __len__(self) -> int:
        """How many spans there are."""
        return len(self.spans)

    def __iter__(self) -> Iterator[Span]:
        """Go through the spans."""
        return iter(self.spans)

    def depth(self, span: Span) -> int:
        """How many spans stand between this one and its trace's first."""
        return self._depths[span.span_id]

    @property
    def roots(self) -> list[Span]:
        """The spans whose cause is not among those that arrived; exactly one in an unbroken trace."""
        return [span for span in self.spans if span.parent_id not in self._ids]

    @property
    def services(self) -> list[str]:
        """Who took part, in the order of their first span."""
        return list(dict.fromkeys(span.service for span in self.spans))


def spans_in(request: ExportTraceServiceRequest) -> list[Span]:
    """Read the spans of an OTLP request.

    The format: https://opentelemetry.io/docs/specs/otlp/ (`opentelemetry-proto` holds its messages).
    """
    found = []
    for resource_spans in request.resource_spans:
        resource = _attributes(resource_spans.resource.attributes)
        service = str(resource.get("service.name", "unknown_service"))
        for scope_spans in resource_spans.scope_spans:
            found += [
                Span(
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    name=span.name,
                    kind=_name(_KINDS, span.kind),
                    service=service,
                    start=span.start_time_unix_nano / 1e9,
                    end=span.end_time_unix_nano / 1e9,
                    attributes=_attributes(span.attributes),
                    status=_name(_STATUSES, span.status.code),
                    links=tuple(link.span_id.hex() for link in span.links),
                )
                for span in scope_spans.spans
            ]
    return found


def _name(names: tuple[str, ...], number: int) -> str:
    return names[number] if 0 <= number < len(names) else names[0]


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return _attributes(value.kvlist_value.values)
    return getattr(value, kind)
