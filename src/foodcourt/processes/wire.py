"""The messages between an owner, the fork server and a keeper: one JSON object a line, over Unix sockets.

A launch request travels with file descriptors (SCM_RIGHTS); the first is always the keeper's end of the control
socket. Whoever holds the other end owns the process: when it closes, for whatever reason, the process dies. After it
come the folders of the logs: whoever writes those may have another view of the file system.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

__all__ = ["MAX_FDS", "Enter", "Launch", "Lines", "parse", "send"]

MAX_FDS = 8
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Launch:
    """A program to start.

    Attributes:
        argv: the program and its arguments.
        cwd: the folder it starts in.
        env: its whole environment; nothing is inherited.
        logs: names of the files that receive stdout and stderr; one alone receives both.
        log_limit: bytes of output kept in each of them; as many again in a file beside it, named with `.1`.
        fds: names of environment variables that receive the numbers of further descriptors sent along.
    """

    argv: tuple[str, ...]
    cwd: str
    env: dict[str, str]
    logs: tuple[str, ...]
    log_limit: int
    fds: tuple[str, ...] = field(default=())

    @property
    def descriptors(self) -> int:
        """How many descriptors travel with the request."""
        return 1 + len(self.logs) + len(self.fds)

    def message(self) -> dict[str, Any]:
        """Give the request as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Enter:
    """Asks a fork server for another one, forked from it, that starts programs in a sandbox.

    With it travel the socket for what is asked of that one, and what stands for the sandbox. That one answers first
    `{"entered": pid}`, or `{"failed": why}` where it cannot be forked, and nothing where the sandbox is gone.

    Attributes:
        terms: what `Sandbox.terms` gave.
    """

    terms: dict[str, Any]
    descriptors: ClassVar[int] = 2

    def message(self) -> dict[str, Any]:
        """Give the request as a JSON object."""
        return asdict(self)


def parse(message: dict[str, Any]) -> Launch | Enter:
    """Rebuild a request from the object that `message` gave."""
    if "terms" in message:
        return Enter(**message)
    lists = {name: tuple(message[name]) for name in ("argv", "logs", "fds")}
    return Launch(**{**message, **lists})


def send(sock: socket.socket, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
    """Write one message, with descriptors if there are any.

    Raises:
        OSError: the other side is gone.
    """
    line = json.dumps(message).encode() + b"\n"
    sent = socket.send_fds(sock, [line], list(fds)) if fds else 0
    sock.sendall(line[sent:])


class Lines:
    """Cuts what arrives on a socket into messages, and keeps the descriptors that came along."""

    def __init__(self, sock: socket.socket) -> None:
        """Read from `sock`, which stays the caller's to close."""
        self._sock = sock
        self._buffer = b""
        self.fds: list[int] = []

    def receive(self) -> Iterator[dict[str, Any]] | None:
        """Read once; give the messages completed by it, or None at the end of the stream."""
        try:
            data, fds, _, _ = socket.recv_fds(self._sock, _CHUNK, MAX_FDS)
        except BlockingIOError:
            return iter(())
        except ConnectionError:
            return None
        self.fds += fds
        if not data:
            return None
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return (json.loads(line) for line in lines)
