"""Checks of echo.proto."""

from __future__ import annotations

from card import Card

from foodcourt.grading.submission import Submission
from foodcourt.pytest_plugin import check


@check("proto.compiles", points=10)
def test_compiles(submission: Submission, card: Card) -> None:
    """compiles with protoc"""
    submission.remember([card.run])
    card.expect_compiled()


@check("proto.shape", points=10, needs="proto.compiles")
def test_shape(card: Card) -> None:
    """declares EchoService with the rpc Echo, and string message = 1 in both of its messages"""
    card.expect_shape()
