"""The fixtures of exercise 3: the learner's .proto and server, and a stall of ours for the learner's client."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from functools import partial

import pytest
from calls import EchoProgram, Method
from card import Card, compile_card
from departure import depart
from door import Door
from errand import Customer
from stall import Stall
from texts import word

from foodcourt.grading.ahead import Ahead
from foodcourt.grading.submission import Submission

IMPATIENT = 0.4
"""`--timeout` in seconds where a check is about time."""
PATIENT = 5.0
"""The same where a reply comes at once."""


@pytest.fixture(scope="session")
def card(submission: Submission) -> Card:
    """What protoc makes of echo.proto; done before anything else starts."""
    return compile_card(submission)


def start_server(submission: Submission) -> EchoProgram:
    """Start the learner's server.py, and do not wait for it."""
    command = ["python", "server.py", "--port", "{port}"]
    return submission.program(command, file="server.py", name="server", port_by_hand=50051, kind=EchoProgram)


@pytest.fixture(scope="session")
def server(submission: Submission, card: Card) -> EchoProgram:
    """The learner's server."""
    return start_server(submission)


@pytest.fixture(scope="session")
def echo(submission: Submission, card: Card, server: EchoProgram) -> Method:
    """The rpc of the learner's server."""
    return Method(submission, server, card.path)


@pytest.fixture(scope="session")
def departure(submission: Submission, card: Card) -> Ahead[None]:
    """Another server of the learner's, told to leave while it has a call in flight."""
    echo = Method(submission, start_server(submission), card.path)
    return Ahead(submission, lambda: depart(echo).expect_graceful())


@pytest.fixture(scope="session")
def stall(card: Card) -> Iterator[Stall]:
    """A stall of ours."""
    stall = Stall(card.path)
    yield stall
    stall.close()


@pytest.fixture(scope="session")
def customer(submission: Submission, card: Card, stall: Stall) -> Customer:
    """The learner's client."""
    return Customer(submission, stall, card.path)


@pytest.fixture(scope="session")
def unanswered(submission: Submission, customer: Customer) -> Ahead[None]:
    """A client whose call is never answered."""
    text = word()
    customer.stall.answer(text, "too late", after=None)
    return Ahead(submission, partial(customer.expect_deadline, text, timeout=IMPATIENT))


@pytest.fixture(scope="session")
def answered(submission: Submission, customer: Customer) -> Ahead[None]:
    """A client that has a deadline, and whose call is answered at once."""
    text, reply = word(), word()
    customer.stall.answer(text, reply)
    return Ahead(submission, partial(customer.expect_no_deadline, text, reply, timeout=PATIENT))


@pytest.fixture(scope="session")
def door(card: Card) -> Iterator[Door]:
    """A port of ours where connections are taken, and that is all."""
    door = Door()
    yield door
    door.close()


@pytest.fixture(scope="session")
def unheard(submission: Submission, customer: Customer, door: Door) -> Ahead[None]:
    """A client whose connection is taken by the system, as that to a frozen process is, and that is all."""
    return Ahead(submission, partial(expect_unheard, customer, door))


@pytest.fixture(scope="session")
def nobody_there(submission: Submission, customer: Customer) -> Iterator[Ahead[None]]:
    """A client that finds nobody: the port is ours, so nobody else takes it, but it does not listen."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield Ahead(submission, partial(expect_nobody, customer, closed.getsockname()[1]))


def expect_nobody(customer: Customer, port: int) -> None:
    """Send the client to a port of ours where no call arrives."""
    customer.expect_error(word(), "UNAVAILABLE", "DEADLINE_EXCEEDED", port=port, timeout=IMPATIENT)


def expect_unheard(customer: Customer, door: Door) -> None:
    """Send the client to the door, and expect it to knock there."""
    expect_nobody(customer, door.port)
    customer.expect_knock(door)


@pytest.fixture(scope="session", autouse=True)
def all_at_once(card: Card, request: pytest.FixtureRequest) -> None:
    """Start everything side by side as soon as the modules are made; whoever needs one first waits for it."""
    if card.files:
        request.getfixturevalue("server")
    if card.has_shape:
        for name in ("departure", "unanswered", "unheard", "nobody_there", "answered"):
            request.getfixturevalue(name)
