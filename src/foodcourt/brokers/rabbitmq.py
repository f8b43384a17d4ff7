"""RabbitMQ: the server that `AMQP_URL` names, else an embedded one.

The embedded server is the machine's own `rabbitmq-server`, run as an ordinary process that shares nothing with the
one which the package may have started for the whole machine.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foodcourt.brokers.starting import Kind
from foodcourt.processes import Service, TcpReady, base_environment
from foodcourt.system import install_command

__all__ = ["RabbitMQ", "RabbitReady", "answers", "find_servers", "rabbitmq_broker"]

_KIND = Kind("RabbitMQ", "AMQP_URL", "rabbitmq-server is not installed")
_PROBE_SECONDS = 1.0
_CONNECT_SECONDS = 2.0
# Debian keeps servers where only root's PATH looks; a program started from a desktop does not see Homebrew's folders.
_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/sbin", "/opt/homebrew/bin")
_PACKAGES = Path("/usr/lib/rabbitmq/lib")  # where the packages of Debian, Fedora and RabbitMQ's makers unpack it
_NODE = "rabbit@localhost"


@dataclass(frozen=True, slots=True)
class RabbitMQ:
    """A RabbitMQ server that answers.

    Attributes:
        url: where it listens, as clients want it: `amqp://guest:guest@127.0.0.1:PORT/`.
        source: where it comes from: the path of the program that runs, or `AMQP_URL`.
        service: the embedded server, to be stopped and restarted at will (what is durable outlasts that); None when
            `AMQP_URL` names another's.
    """

    url: str
    source: str
    service: Service | None = None


@dataclass(frozen=True, slots=True)
class RabbitReady:
    """Ready when the protocol's header is answered with the first frame of a handshake."""

    def __call__(self, service: Service) -> bool:
        """Ask once."""
        try:
            with socket.create_connection(("127.0.0.1", service.port), timeout=_PROBE_SECONDS) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"  # a method frame; a server of another protocol sends "A" or ends
        except OSError:
            return False


@contextlib.contextmanager
def rabbitmq_broker(*, embedded: bool = False) -> Iterator[RabbitMQ]:
    """Give a RabbitMQ server that answers for as long as the block lasts.

    An embedded one takes 3 s or more to start. It listens on free loopback ports only, keeps its data in a scratch
    folder, and is gone when this process is gone, however that ended. Several may run at once.

    Args:
        embedded: start one of our own even if `AMQP_URL` is set.

    Raises:
        BrokerUnavailable: `AMQP_URL` is set but nothing answers there, or no server can be started here.
    """
    if url := _KIND.named(answers, embedded=embedded):
        yield RabbitMQ(url, _KIND.variable)
        return
    with _KIND.started(find_servers(), _service, install=install_command("rabbitmq")) as (program, service):
        yield RabbitMQ(f"amqp://guest:guest@127.0.0.1:{service.port}/", str(program), service)


def find_servers() -> list[Path]:
    """Find the programs that can serve as an embedded RabbitMQ, best first.

    What is on PATH is often a wrapper that only root may run, or one that moves to a folder of its own. The program
    proper has `rabbitmq-env` beside it: next to the wrapper, or where a link there leads (Debian, conda-forge), or
    in the folder that all packages use (upstream's RPM). Homebrew has it on PATH.
    """
    wrapper = shutil.which("rabbitmq-server", path=_path())
    found = [Path(wrapper).resolve().with_name("rabbitmq-server").resolve()] if wrapper else []
    found += sorted(_PACKAGES.glob("rabbitmq_server-*/sbin/rabbitmq-server"), reverse=True)
    proper = [program for program in found if program.with_name("rabbitmq-env").is_file()]
    return list(dict.fromkeys(proper))


def answers(url: str) -> str | None:
    """Log in to the server at `url` once; None when that works, else what went wrong, in words.

    Takes about 2 s at most.
    """
    from kombu.connection import Connection  # not free to import, and needed for the servers of others only

    if not url.startswith(("amqp://", "amqps://")):
        return "the URL has to begin with amqp:// or amqps://"
    try:
        with Connection(url, connect_timeout=_CONNECT_SECONDS) as connection:  # type: ignore[no-untyped-call]
            # Unlike `connection.connect()` this tries once only.
            connection.transport.close_connection(connection.transport.establish_connection())
            return None
    except ValueError:  # its message may hold the password
        return "it is no valid URL; a special character in user name or password has to be written as %XX"
    except (OSError, *connection.connection_errors, *connection.channel_errors) as error:
        return str(error) or type(error).__name__


@contextlib.contextmanager
def _service(program: Path, folder: Path) -> Iterator[Service]:
    # RabbitMQ starts Erlang's name server (epmd) itself where there is none, as a daemon that outlives it.
    names = Service(
        [shutil.which("epmd", path=_path()) or "epmd", "-address", "127.0.0.1", "-port", "{port}"],
        name="epmd",
        cwd=folder,
        ready=TcpReady(),
    )
    with names:
        env = {**_environment(folder), "ERL_EPMD_PORT": str(names.port)}
        broker = Service(
            [str(program)], name="rabbitmq", cwd=folder, env=env, ready=RabbitReady(), ready_timeout=60.0, grace=10.0
        )
        with broker:
            yield broker


def _environment(folder: Path) -> dict[str, str]:
    """Give the settings (https://www.rabbitmq.com/docs/configure) that keep a server inside a folder."""
    nowhere = str(folder / "nothing")
    return {
        "PATH": _path(),
        "HOME": str(folder),  # Erlang keeps the nodes' shared secret there
        "RABBITMQ_NODENAME": _NODE,  # not the machine's name, which may change; unique to its own epmd
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": "{port}",
        # Named already when it starts, the node listens for other nodes on whatever port is free; named by RabbitMQ
        # it would want a port that we chose, and try that one on all addresses first.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-sname {_NODE} -kernel inet_dist_use_interface {{127,0,0,1}}",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder),
        "RABBITMQ_LOGS": "-",  # to standard output
        # What the machine's own server reads is not ours.
        "RABBITMQ_CONF_ENV_FILE": nowhere,
        "RABBITMQ_CONFIG_FILE": nowhere,
        "RABBITMQ_CONFIG_FILES": nowhere,
        "RABBITMQ_ADVANCED_CONFIG_FILE": nowhere,
        "RABBITMQ_ENABLED_PLUGINS_FILE": nowhere,
    }


def _path() -> str:
    folders = base_environment()["PATH"].split(os.pathsep)
    return os.pathsep.join([*folders, *(folder for folder in _FOLDERS if folder not in folders)])
