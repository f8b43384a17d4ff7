"""What exercise 4's checker reads: messages in a queue, results in a backend, lines in a worker's log."""

import base64
import bz2
import importlib
import json
import lzma
import pickle
import socket
import sys
import threading
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis

CHECKER = Path(__file__).parents[2] / "checkers" / "ex4_celery_worker"


@pytest.fixture
def modules(monkeypatch):
    """The checker's modules, imported as pytest does when it grades, and forgotten afterwards."""
    monkeypatch.syspath_prepend(CHECKER)
    names = ("broker", "worker", "bounds")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield [importlib.import_module(name) for name in names]
    for name in names:
        del sys.modules[name]


def envelope(body, **properties):
    headers = {"id": "7", "task": "tasks.send_email", "argsrepr": "('ada@stall.example',)", "kwargsrepr": "{}"}
    return json.dumps({"headers": headers, "body": body, "properties": properties}).encode()


def test_a_message_tells_its_arguments_in_any_language(modules):
    """What JSON escapes and base64 hides is read as it was sent."""
    body = base64.b64encode(json.dumps([["ada@stall.example"], {"subject": "Phở"}, {}]).encode()).decode()
    message = modules[0]._message(envelope(body, body_encoding="base64"), "celery", 3)
    assert (message.id, message.task, message.queue, message.database) == ("7", "tasks.send_email", "celery", 3)
    assert "ada@stall.example" in message.text
    assert "Phở" in message.text


def test_a_pickled_message_is_never_loaded(modules):
    """A body that would run code when it is unpickled is looked at as text."""

    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("it was unpickled",))

    body = base64.b64encode(pickle.dumps(Bomb())).decode()
    message = modules[0]._message(envelope(body, body_encoding="base64"), "celery", 3)
    assert "ada@stall.example" in message.text


@pytest.mark.parametrize("raw", [b"", b"\xff\x00", b"7", b"[]", b"{}", b'{"headers": 1, "body": 2, "properties": 3}'])
def test_what_is_no_message_is_none(modules, raw):
    """Whatever else lies in a list of Redis is passed over."""
    assert modules[0]._message(raw, "celery", 3) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"status": "SUCCESS", "result": {"to": "ada"}}', ("SUCCESS", {"to": "ada"})),
        (b'{"status": "FAILURE", "result": {"exc_message": ["no stove"], "exc_type": "E"}}', ("FAILURE", "no stove")),
        (b'{"status": "FAILURE", "result": null}', ("FAILURE", "")),
        (b"status: SUCCESS\nresult: 3\n", ("SUCCESS", None)),
        (pickle.dumps({"status": "STARTED"}), ("STARTED", None)),
    ],
)
def test_a_result_tells_the_state_in_any_form(modules, raw, expected):
    """State and exception are read from JSON, and the state alone from every other form."""
    outcome = modules[0]._outcome(raw)
    assert (outcome.state, outcome.returned) == expected


def test_what_is_no_result_is_none(modules):
    """A key that only looks like a result is passed over."""
    assert modules[0]._outcome(b"\x00celery-compressed\x00nonsense") is None


PACKED = {"gzip": zlib.compress, "x-bz2": bz2.compress, "x-lzma": lzma.compress}


def packed(way, data):
    kind = "application/x-gzip" if way == "gzip" else f"application/{way}"
    return b"\x00celery-compressed\x00" + kind.encode() + b"\x00" + PACKED[way](data)


@pytest.mark.parametrize("way", PACKED)
def test_a_result_may_be_packed(modules, way):
    """Whoever sets result_compression is understood."""
    outcome = modules[0]._outcome(packed(way, b'{"status": "SUCCESS", "result": {"to": "ada"}}'))
    assert (outcome.state, outcome.returned) == ("SUCCESS", {"to": "ada"})


@pytest.mark.parametrize("way", PACKED)
def test_a_bomb_is_not_unpacked(modules, way):
    """A few bytes that would unpack to many MiB are no result."""
    assert modules[0]._outcome(packed(way, b" " * (64 << 20) + b'"SUCCESS"')) is None


def test_names_in_a_message_are_cut(modules):
    """A report tells the name of a queue or a task, and so it must not be of many MiB."""
    message = modules[0]._message(envelope("x" * 60_000), "q" * 60_000, 3)
    assert len(message.queue) == 200
    assert len(message.text) == 4000


@contextmanager
def serving(data):
    """Give the port of what is no Redis, but says `data` to whoever comes and speaks."""

    def serve():
        with place.accept()[0] as connection, suppress(OSError):
            while connection.recv(1 << 16):
                connection.sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as place:
        threading.Thread(target=serve, daemon=True).start()
        yield place.getsockname()[1]


def opened(bounds, port):
    """Give a connection that has not asked anything yet."""

    def greet(connection):
        connection._parser.on_connect(connection)

    connection = bounds.Connection(host="127.0.0.1", port=port, socket_timeout=5, redis_connect_func=greet)
    connection.connect()
    return connection


@pytest.mark.parametrize("length", [1 << 16, (1 << 16) + 1, (1 << 16) + 3, 5_000_000])
def test_of_a_long_value_the_beginning_is_read(modules, length):
    """A value that is too long is cut, and what comes after it is read as ever."""
    values = [b"a" * length, b"b", b"c" * length, b"d"]
    answer = b"*4\r\n" + b"".join(b"$%d\r\n%s\r\n" % (len(value), value) for value in values)
    with serving(answer) as port:
        connection = opened(modules[2], port)
        for _ in range(2):
            connection.send_command("LRANGE", "x", 0, 3, check_health=False)
            assert connection.read_response() == [value[: 1 << 16] for value in values]
        connection.disconnect()


def test_an_answer_without_end_is_refused(modules):
    """However short its values are, not all of them are taken in."""
    with serving(b"*900000000\r\n" + b"$1\r\na\r\n" * 3_000_000) as port:
        connection = opened(modules[2], port)
        connection.send_command("LRANGE", "x", 0, 3, check_health=False)
        with pytest.raises(redis.InvalidResponse):
            connection.read_response()
        connection.disconnect()


@pytest.mark.parametrize(
    "log",
    [
        "[2026-01-31 12:00:00,123: WARNING/ForkPoolWorker-2] sending email to ada@stall.example\n",
        "[2026-01-31 12:00:00,1: WARNING/ForkPoolWorker-2] sending email to\n"
        "[2026-01-31 12:00:00,2: WARNING/ForkPoolWorker-2]  \n"
        "[2026-01-31 12:00:00,3: WARNING/ForkPoolWorker-2] ada@stall.example\n",
        "sending email to ada@stall.example\n",
    ],
)
def test_a_line_is_found_however_many_records_it_makes(modules, log):
    """print(a, b) makes records of its pieces in a worker's log."""
    squeezed = modules[1]._squeezed
    assert squeezed("sending email to ada@stall.example") in squeezed(log)


def test_a_made_up_record_is_read_once(modules):
    """A line that could begin a record in many ways is read in no time: it would take hours, were all tried."""
    assert modules[1]._squeezed("[" + ": A/" * 500_000 + "x") == "[" + ":A/" * 500_000 + "x"
