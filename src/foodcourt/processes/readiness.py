"""Readiness probes: ask once whether a service can be used; `Service` asks again until one says yes."""

from __future__ import annotations

import http.client
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from foodcourt.processes.service import Service

__all__ = ["GrpcReady", "HttpReady", "LogReady", "Readiness", "TcpReady"]

_TIMEOUT = 1.0


class Readiness(Protocol):
    """Anything that can say whether a service is ready."""

    def __call__(self, service: Service) -> bool:
        """Probe once; False when it is not ready yet. Takes about a second at most."""


@dataclass(frozen=True, slots=True)
class TcpReady:
    """Ready when the port accepts a connection."""

    def __call__(self, service: Service) -> bool:
        """Connect once."""
        try:
            socket.create_connection(("127.0.0.1", service.port), timeout=_TIMEOUT).close()
        except OSError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class HttpReady:
    """Ready when a GET is answered with a status below 500, or with `status` where one is given.

    Attributes:
        path: what to ask for.
        status: the status expected; None accepts all below 500, so that an unfinished service counts as ready.
    """

    path: str = "/health"
    status: int | None = None

    def __call__(self, service: Service) -> bool:
        """Ask once."""
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=_TIMEOUT)
        try:
            connection.request("GET", self.path, headers={"Connection": "close"})
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return status < 500 if self.status is None else status == self.status


@dataclass(frozen=True, slots=True)
class LogReady:
    """Ready when the pattern (a regular expression) is found in the service's output."""

    pattern: str

    def __call__(self, service: Service) -> bool:
        """Look at the log once."""
        return re.search(self.pattern, service.logs()) is not None


@dataclass(frozen=True, slots=True)
class GrpcReady:
    """Ready when the standard health service (grpc.health.v1) answers SERVING.

    Attributes:
        name: the service asked for; empty for the server as a whole.
    """

    name: str = ""

    def __call__(self, service: Service) -> bool:
        """Ask once."""
        import grpc
        from grpc_health.v1 import health_pb2, health_pb2_grpc

        with grpc.insecure_channel(f"127.0.0.1:{service.port}") as channel:
            try:
                reply = health_pb2_grpc.HealthStub(channel).Check(
                    health_pb2.HealthCheckRequest(service=self.name), timeout=_TIMEOUT
                )
            except grpc.RpcError:
                return False
        serving: bool = reply.status == health_pb2.HealthCheckResponse.SERVING
        return serving
