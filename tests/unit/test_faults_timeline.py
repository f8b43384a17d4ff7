"""The exchange on the wire as text."""

from foodcourt.faults import OK, Call, Delay, Hang, Status
from foodcourt.faults.timeline import shorten, timeline


def test_a_timeline_tells_who_said_what_and_when():
    """One aligned line per event, in order of time, counted from the first event."""
    calls = [
        Call(
            *(1, 1, 1, "GET", "/users/7?x=1", "/users/7", "x=1", (), b"", 1.0, 1.0011, 0.0),
            began_at=1.002,
            ended_at=1.0024,
            status=200,
            sent=120,
            answer=b'{"id": 7}',
            reply=Status(),
        ),
        Call(
            *(2, 1, 2, "POST", "/orders", "/orders", "", (), b'{"user_id": 7}', 1.0, 1.5, 0.0),
            began_at=4.5,
            ended_at=4.52,
            status=503,
            sent=80,
            reply=Delay(3, then=OK),
        ),
        Call(*(10, 2, 1, "GET", "/", "/", "", (), b"", 1.2, 1.3, 0.0), hung_up_at=1.8, reply=Hang()),
        Call(
            *(11, 3, 1, "", "", "", "", (), b"\x16\x03\x01", 1.21, 1.22, 0.0),
            began_at=1.221,
            ended_at=1.222,
            status=400,
            sent=99,
            reply=Status(400),
            note="malformed request: no",
        ),
    ]
    assert timeline(calls) == "\n".join(
        [
            "   0.0 ms  conn 1        opened",
            "   1.1 ms  conn 1   #1   → GET /users/7?x=1",
            '   2.4 ms  conn 1   #1   ← 200  120 bytes  {"id": 7}',
            " 200.0 ms  conn 2        opened",
            " 210.0 ms  conn 3        opened",
            r" 220.0 ms  conn 3   #11  → sent no HTTP request: \x16\x03\x01",
            " 222.0 ms  conn 3   #11  ← 400  99 bytes  [answers 400; malformed request: no]",
            " 300.0 ms  conn 2   #10  → GET /",
            ' 500.0 ms  conn 1   #2   → POST /orders  {"user_id": 7}',
            " 800.0 ms  conn 2   #10  → hung up before any answer  [never answers]",
            "3500.0 ms  conn 1   #2   ← 503  begins",
            "3520.0 ms  conn 1   #2   ← 503  80 bytes  [waits 3 s, then answers as usual]",
        ]
    )


def test_nothing_happened():
    """A timeline without calls says so."""
    assert timeline([]) == "no call reached it"


def test_what_is_shown_is_short_and_cannot_steer_a_terminal():
    """Control and direction characters are escaped, bad UTF-8 replaced, long text cut."""
    assert shorten(b"a\x1b[31m\r\n\x00") == r"a\x1b[31m\r\n\x00"
    assert shorten("\u202egnp.exe") == r"\u202egnp.exe"
    assert shorten(b"\xff\xc3\xa9") == "�é"
    assert shorten("x" * 100, 10) == "x" * 9 + "…"
    assert shorten("x" * 10, 10) == "x" * 10
