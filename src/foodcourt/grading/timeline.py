"""A timeline: who did what when, one event a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foodcourt.faults import Call, Upstream

__all__ = ["Event", "render", "upstream_events"]

_LIMIT = 60
_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on the wire.

    Attributes:
        at: monotonic seconds.
        who: the program that did it.
        what: what it did.
    """

    at: float
    who: str
    what: str


def render(events: Iterable[Event]) -> str:
    """Write events in the order of time, in milliseconds since the first; of many, the last 60."""
    ordered = sorted(events, key=lambda event: event.at)
    if not ordered:
        return ""
    shown, left_out = ordered[-_LIMIT:], len(ordered) - _LIMIT
    width = max(len(event.who) for event in shown)
    lines = [
        f"{(event.at - ordered[0].at) * 1000:7.0f}  {event.who:<{width}}  {event.what[:_WIDTH]}" for event in shown
    ]
    return "\n".join([f"({left_out} earlier events left out)", *lines] if left_out > 0 else lines)


def upstream_events(upstream: Upstream, since: float) -> list[Event]:
    """Give what an upstream of ours saw from a moment (monotonic seconds) on."""
    return [
        event for call in upstream.calls if call.origin + call.read_at >= since for event in _call(upstream, call)
    ]


def _call(upstream: Upstream, call: Call) -> Iterable[Event]:
    body = f" {call.body.decode('utf-8', 'replace')}" if call.body else ""
    yield Event(call.origin + call.read_at, upstream.name, f"is asked: {call.method} {call.target}{body}")
    if call.ended_at is not None:
        answer = call.answer.decode("utf-8", "replace")
        what = f"answers: {call.status} {answer}" if call.status else f"gives no answer ({call.reply})"
        yield Event(call.origin + call.ended_at, upstream.name, what)
    if call.hung_up_at is not None:
        yield Event(call.origin + call.hung_up_at, upstream.name, "sees its caller hang up")
