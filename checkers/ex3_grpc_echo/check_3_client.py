"""Checks of client.py, whose stall is ours: it says what each check needs it to say, or nothing."""

from __future__ import annotations

from functools import partial

from errand import Customer, Errand
from stage import Ahead
from texts import sentence, word

from foodcourt.grading.submission import Submission
from foodcourt.pytest_plugin import check


@check("client.prints_reply", points=15, needs="proto.shape")
def test_prints_reply(submission: Submission, customer: Customer) -> None:
    """prints the reply's message and a newline, nothing else"""
    replies = {word(): word(), sentence(): f"  {sentence()} ", "": word()}
    for text, reply in replies.items():
        customer.stall.answer(text, reply)
    errands = [submission.early(partial(customer.ask, text)) for text in replies]
    for errand, reply in zip(errands, replies.values(), strict=True):
        errand.result().remember(submission)
        errand.result().expect_reply(reply)


@check("client.deadline", points=10, needs="proto.shape")
def test_deadline(unanswered: Ahead[Errand], unheard: Ahead[Errand]) -> None:
    """ends with DEADLINE_EXCEEDED when no reply comes within --timeout"""
    unanswered.expect()
    unheard.expect()


@check("client.unavailable", points=10, needs="proto.shape")
def test_unavailable(nobody_there: Ahead[Errand]) -> None:
    """ends with UNAVAILABLE when nobody is there"""
    nobody_there.expect()
