"""The exchange on the wire as text, one line per event."""

from __future__ import annotations

from collections.abc import Iterable

from foodcourt.faults.calls import Call
from foodcourt.faults.replies.normal import Normal
from foodcourt.faults.replies.status import Status

_LONGEST = 60  # characters of a body or target that are shown
_AT_ONCE = 0.005  # seconds within which the begin of an answer is not told apart from its end


def timeline(calls: Iterable[Call]) -> str:
    """Return one line per event of these calls, in order of time, in ms since the first of them.

    The text depends on nothing but the calls. Bodies are shortened, and whatever could steer a terminal is escaped.
    """
    events = sorted((event for call in calls for event in _events(call)), key=lambda event: (event[0], event[1:3]))
    if not events:
        return "no call reached it"
    start = events[0][0]
    marks = [f"{(at - start) * 1000:.1f} ms" for at, *_ in events]
    width = max(map(len, marks))
    names = [f"#{number}" if number else "" for _, number, *_ in events]
    name_width = max(map(len, names))
    lines = [
        f"{mark:>{width}}  conn {connection:<3} {name:<{name_width}}  {text}"
        for mark, name, (_, _, _, connection, text) in zip(marks, names, events, strict=True)
    ]
    return "\n".join(line.rstrip() for line in lines)


def shorten(data: bytes | str, longest: int = _LONGEST) -> str:
    """Return data as one short line of printable text."""
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    shown = "".join(_printable(character) for character in text[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def _printable(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def _events(call: Call) -> Iterable[tuple[float, int, int, int, str]]:
    """Yield time, call (0 for the connection's own), order within the call, connection and text."""
    number, connection = call.number, call.connection
    if call.turn == 1:
        yield call.connected_at, 0, 0, connection, "opened"
    if call.method:
        asked = f"{shorten(call.method)} {shorten(call.target)}"
    else:
        asked = f"sent no HTTP request: {shorten(call.body)}"
    body = f"  {shorten(call.body)}" if call.body and call.method else ""
    yield call.read_at, number, 1, connection, f"→ {asked}{body}"
    over_at = call.ended_at if call.ended_at is not None else call.hung_up_at
    if call.began_at is not None and (over_at is None or over_at - call.began_at >= _AT_ONCE):
        yield call.began_at, number, 2, connection, f"← {_code(call)}  begins"
    if call.ended_at is not None:
        yield call.ended_at, number, 3, connection, f"← {_ended(call)}"
    if call.hung_up_at is not None:
        sent = f"after {call.sent} bytes of the answer" if call.sent else "before any answer"
        yield call.hung_up_at, number, 3, connection, f"→ hung up {sent}  [{_why(call)}]"


def _code(call: Call) -> str:
    return str(call.status) if call.status is not None else "no status"


def _ended(call: Call) -> str:
    if not call.sent:
        return f"no answer  [{_why(call)}]"
    plain = not call.note and isinstance(call.reply, Status | Normal)
    told = "" if plain else f"  [{_why(call)}]"
    body = f"  {shorten(call.answer)}" if call.answer else ""
    return f"{_code(call)}  {call.sent} bytes{body}{told}"


def _why(call: Call) -> str:
    return "; ".join(shorten(part, 120) for part in (str(call.reply or ""), call.note) if part)
