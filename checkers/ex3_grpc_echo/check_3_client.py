"""Checks of client.py, whose stall is ours: it says what each check needs it to say, or nothing."""

from __future__ import annotations

from functools import partial

from door import Door
from errand import Customer
from texts import sentence, word

from foodcourt.grading.ahead import Ahead
from foodcourt.grading.submission import Submission
from foodcourt.pytest_plugin import check


@check("client.prints_reply", points=15, needs="proto.shape")
def test_prints_reply(submission: Submission, customer: Customer) -> None:
    """prints the reply's message and a newline, nothing else"""
    replies = {word(): word(), sentence(): f"  {sentence()} ", "": word()}
    for text, reply in replies.items():
        customer.stall.answer(text, reply)
    errands = [Ahead(submission, partial(customer.expect_reply, *said)) for said in replies.items()]
    for errand in errands:
        errand.result()


@check("client.deadline", points=10, needs="proto.shape")
def test_deadline(unanswered: Ahead[None], unheard: Ahead[None], answered: Ahead[None]) -> None:
    """ends with DEADLINE_EXCEEDED when no reply comes within --timeout"""
    unanswered.result()
    unheard.result()
    answered.result()


@check("client.unavailable", points=10, needs="proto.shape")
def test_unavailable(customer: Customer, nobody_there: Ahead[None], door: Door) -> None:
    """ends with UNAVAILABLE when nobody is there"""
    nobody_there.result()
    # Who knocks at a closed port cannot be seen; whoever was told of another one beside it cannot tell them apart.
    customer.expect_knock(door)
