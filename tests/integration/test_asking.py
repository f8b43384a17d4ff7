"""Answers that are no HTTP, and none at all: each becomes an answer that says what was wrong, never an exception."""

import os
import socket
import threading

import pytest

from foodcourt.faults import Reset, Upstream
from foodcourt.grading.answers import NO_ANSWER, Request
from foodcourt.grading.asking import Asker
from foodcourt.processes.ports import free_port

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


class Stall:
    """What an asker wants to know of a service: a server that sends the same bytes to whoever asks, and hangs up."""

    pid = os.getpid()

    def __init__(self, sent: bytes) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, args=(sent,), daemon=True).start()

    def _serve(self, sent: bytes) -> None:
        connection, _ = self._listening.accept()
        with self._listening, connection:
            connection.recv(65_536)
            connection.sendall(sent)

    def log_size(self) -> int:
        return 0


@pytest.fixture
def asker():
    asker = Asker()
    yield asker
    asker.close()


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x00\xff\xfe<h1>no HTTP</h1>\r\n\r\n", id="no HTTP"),
        pytest.param(b"HTTP/1.1 2x0 OK\r\n\r\n", id="no number as its status"),
        pytest.param(HEAD + b"Content-Length: 50\r\n\r\n{}", id="less than promised"),
        pytest.param(HEAD + b"Content-Length: -5\r\n\r\n{}", id="a negative length"),
        pytest.param(CHUNKED + b"2\r\n{}\r\nzz\r\n", id="a chunk whose size is no number"),
        pytest.param(CHUNKED + b"5\r\n{}", id="half a chunk"),
        pytest.param(CHUNKED + b"2\r\n{}zz", id="a chunk that is longer than it says"),
        pytest.param(HEAD + b"no header at all\r\n\r\n", id="a header without a colon"),
        pytest.param(HEAD + b"X: " + b"x" * 100_000 + b"\r\n\r\n", id="a giant header"),
    ],
)
def test_what_is_no_answer_is_told_as_one(asker, sent):
    """A broken answer says so, and costs the check nothing else."""
    (answer,) = asker.ask(Stall(sent), [Request("GET", "/health")], patience=10)
    assert answer.problem.startswith("a broken answer ("), answer


def test_who_hangs_up_is_asked_once(asker):
    """A service that takes a question and hangs up has not answered: it is not asked a second time."""
    with Upstream("hangs up") as stall:
        stall.pid, stall.log_size = os.getpid(), lambda: 0
        stall.answer("/health", Reset())
        (answer,) = asker.ask(stall, [Request("GET", "/health")], patience=10)
        assert answer.problem.startswith("a broken answer ("), answer
        assert len(stall.calls) == 1


def test_nobody_there(asker):
    """A refused connection is told apart from a broken answer."""
    stall = Stall(b"")
    stall.url = f"http://127.0.0.1:{free_port()}"
    (answer,) = asker.ask(stall, [Request("GET", "/health")], patience=10)
    assert (answer.status, answer.problem) == (NO_ANSWER, "a refused connection")


def test_a_path_that_cannot_be_sent(asker):
    """Half a character in a path, as in an id that a learner gives out, is a broken answer."""
    (answer,) = asker.ask(Stall(b""), [Request("GET", "/emails/\ud800")], patience=10)
    assert answer.problem.startswith("a broken answer ("), answer


def test_an_answer_is_read_as_it_came(asker):
    """Neither redirects are followed nor what is packed unpacked."""
    packed = b"\x1f\x8b\x08\x00no gzip"
    head = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Encoding: gzip\r\nSet-Cookie: a=b\r\n"
    sent = head + b"Content-Length: %d\r\n\r\n" % len(packed) + packed
    (answer,) = asker.ask(Stall(sent), [Request("GET", "/health")], patience=10)
    assert (answer.status, answer.body, answer.problem) == (302, packed, "")
