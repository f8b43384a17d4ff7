"""Checks of what a platform that runs server.py expects of it: that it leaves gracefully, and says how it is."""

from __future__ import annotations

from calls import EchoProgram, Method, Reply
from google.protobuf.message import DecodeError
from grpc_health.v1.health_pb2 import HealthCheckResponse

from foodcourt.grading.ahead import Ahead
from foodcourt.grading.failures import CheckFailed
from foodcourt.grading.submission import Submission
from foodcourt.pytest_plugin import check


@check("server.graceful", points=5, needs="server.echo")
def test_graceful(departure: Ahead[None]) -> None:
    """lets the call in flight finish when SIGTERM comes, and then ends"""
    departure.result()


@check("server.health", points=10, needs="server.starts", stretch=True)
def test_health(submission: Submission, server: EchoProgram, echo: Method) -> None:
    """answers SERVING when the standard health service, grpc.health.v1, is asked"""
    health = Method(submission, server, "/grpc.health.v1.Health/Check")
    # Asked about the service first and the whole server last, as the message is about that; either will do.
    statuses = [status_of(health.say(service)) for service in (echo.path.split("/")[1], "")]
    if "SERVING" not in statuses:
        raise CheckFailed("SERVING for the service with the empty name, which is the server", statuses[-1])


def status_of(reply: Reply) -> str:
    """Give the health status that a reply tells, or what came instead."""
    if reply.data is None:
        return reply.outcome
    try:
        return HealthCheckResponse.ServingStatus.Name(HealthCheckResponse.FromString(reply.data).status)
    except (DecodeError, ValueError):
        return "an answer that is no HealthCheckResponse"
