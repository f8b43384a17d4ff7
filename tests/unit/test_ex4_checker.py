"""What exercise 4's checker reads: messages in a queue, results in a backend, lines in a worker's log."""

import base64
import importlib
import json
import pickle
import sys
from pathlib import Path

import pytest

CHECKER = Path(__file__).parents[2] / "checkers" / "ex4_celery_worker"


@pytest.fixture
def modules(monkeypatch):
    """The checker's modules, imported as pytest does when it grades, and forgotten afterwards."""
    monkeypatch.syspath_prepend(CHECKER)
    names = ("broker", "worker")
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
