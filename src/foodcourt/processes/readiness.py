"""Readiness probes: ask once whether a service can be used; `Service` asks again until one says yes."""

from __future__ import annotations

import re
import socket
import time
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

    def __str__(self) -> str:
        """Say what is waited for."""
        return "its port accepts a connection"


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
        request = f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nConnection: close\r\n\r\n"
        try:
            with socket.create_connection(("127.0.0.1", service.port), timeout=_TIMEOUT) as connection:
                connection.sendall(request.encode())
                line = _status_line(connection)
        except OSError:
            return False
        match = re.match(rb"HTTP/1\.[01] (\d{3})\b", line)
        if match is None:
            return False
        return int(match[1]) < 500 if self.status is None else int(match[1]) == self.status

    def __str__(self) -> str:
        """Say what is waited for."""
        return f"GET {self.path} answers " + ("below 500" if self.status is None else str(self.status))


def _status_line(connection: socket.socket) -> bytes:
    # One deadline for all of it: http.client's timeout begins anew with every byte of an answer that drips.
    deadline = time.monotonic() + _TIMEOUT
    line = b""
    while b"\n" not in line and (left := deadline - time.monotonic()) > 0:
        connection.settimeout(left)
        chunk = connection.recv(4096)
        if not chunk:
            break
        line += chunk
    return line


@dataclass(frozen=True, slots=True)
class LogReady:
    """Ready when the pattern (a regular expression) is found in the service's output."""

    pattern: str

    def __call__(self, service: Service) -> bool:
        """Look at the log once."""
        return re.search(self.pattern, service.logs()) is not None

    def __str__(self) -> str:
        """Say what is waited for."""
        return f"its output matches {self.pattern!r}"


@dataclass(frozen=True, slots=True)
class GrpcReady:
    """Ready when the standard health service (grpc.health.v1) answers SERVING.

    Attributes:
        name: the service asked for; empty for the server as a whole.
    """

    name: str = ""

    def __call__(self, service: Service) -> bool:
        """Ask once."""
        if not TcpReady()(service):  # gRPC itself would not try again for a second
            return False
        import grpc
        from grpc_health.v1 import health_pb2, health_pb2_grpc

        options = [("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)]
        with grpc.insecure_channel(f"127.0.0.1:{service.port}", options=options) as channel:
            try:
                reply = health_pb2_grpc.HealthStub(channel).Check(
                    health_pb2.HealthCheckRequest(service=self.name), timeout=_TIMEOUT
                )
            except grpc.RpcError:
                return False
        serving: bool = reply.status == health_pb2.HealthCheckResponse.SERVING
        return serving

    def __str__(self) -> str:
        """Say what is waited for."""
        return f"its gRPC health service answers SERVING for {self.name!r}"
