"""Checks of server.py while it runs."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import grpc
from calls import EchoProgram, Method, Reply
from listeners import strangers
from texts import unusual, word

from foodcourt.grading.failures import CheckFailed, SubmissionBroken, TooSlow
from foodcourt.grading.submission import Submission
from foodcourt.pytest_plugin import check


@check("server.starts", points=10, needs="proto.compiles")
def test_starts(submission: Submission, server: EchoProgram) -> None:
    """listens on the port that it is given, and stays"""
    # A method that no server has: whatever a gRPC server answers to it, it is there.
    reply = Method(submission, server, "/foodcourt.Nobody/Knocks").say(word())
    if (status := server.died(0.2)) is not None:
        message = f"expected server to stay when it has started, but it ended with {status}\n{server.crash()}"
        raise SubmissionBroken(message, mistake=server.end_mistake())
    if not reply.reached:
        silent = reply.code is grpc.StatusCode.DEADLINE_EXCEEDED
        mistake = server.silence_mistake() if silent else ""
        raise reply.failed("an answer of a gRPC server, be it UNIMPLEMENTED", mistake)
    if other := strangers(server.port, server.pid):
        raise CheckFailed(
            f"server.py to be alone on port {server.port}",
            f"{other} listening there as well: each call goes to one or the other",
        )


@check("server.echo", points=10, needs=("proto.shape", "server.starts"))
def test_echo(echo: Method) -> None:
    """answers with the message that it was sent"""
    for text in (word(), f"{word()} and {word()}"):
        echo.say(text).expect_echo()


@check("server.unicode", points=10, needs="server.echo")
def test_unicode(echo: Method) -> None:
    """echoes text of any language, blanks, control characters, an empty text, and 1 MiB"""
    for text in unusual():
        echo.say(text).expect_echo()


@check("server.concurrent", points=10, needs="server.echo")
def test_concurrent(echo: Method) -> None:
    """answers 50 calls at once within 5 s"""
    limit = 5.0
    replies = echo.say_all([word() for _ in range(50)], patience=limit)
    for reply in replies:
        if reply.reached:
            reply.expect_echo()
    late = [reply for reply in replies if not reply.reached]
    if late:
        kind = TooSlow if len(late) < len(replies) / 2 else CheckFailed
        raise late[0].failed(f"50 replies within {limit:g} s", in_a_row(replies), kind)


def in_a_row(replies: list[Reply]) -> str:
    """Name the mistake where replies came one by one, each as long after the one before as the first took."""
    ends = sorted(reply.elapsed for reply in replies if reply.reached)
    gaps = [after - before for before, after in pairwise(ends)]
    if len(gaps) >= 3 and median(gaps) > ends[0] / 2:
        return "the calls are answered one after the other: a sleep in an `async def`, or a lock, blocks the others"
    return ""
