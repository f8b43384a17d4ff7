"""What the upstream and the proxy have in common: a port, a thread, a life."""

from __future__ import annotations

import socket
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from foodcourt.errors import UsageError
from foodcourt.faults.connections import Connections
from foodcourt.faults.handle import Handle
from foodcourt.faults.listener import HOST, Listener
from foodcourt.faults.loop import LoopThread
from foodcourt.faults.sockets import reset_on_close


class Server(ABC):
    """Listens on a free port of 127.0.0.1, in a thread of its own, from `start` to `stop`."""

    def __init__(self, name: str, max_connections: int) -> None:
        """Prepare; nothing runs before `start()`."""
        self.name = name
        self._max_connections = max_connections
        self._running: tuple[LoopThread, Listener] | None = None
        self._used = False

    def start(self) -> Self:
        """Start to listen; returns itself.

        Raises:
            UsageError: it has been started before.
        """
        if self._used:
            raise UsageError(f"{self.name} was started before: make a new {type(self).__name__}")
        self._used = True
        loop = LoopThread(f"foodcourt {self.name}")
        try:
            listener = Listener(loop, self._accept, self._drop_connections)
        except BaseException:
            loop.stop()
            raise
        self._running = loop, listener
        listener.listen()
        return self

    def stop(self) -> None:
        """Close every connection and the port, end the thread; what was recorded stays readable.

        Raises:
            GraderError: the server itself broke while it ran.
        """
        running, self._running = self._running, None
        if running is not None:
            loop, listener = running
            listener.close()
            loop.call(self._drop_connections)
            loop.stop()

    def __enter__(self) -> Self:
        """Start, unless that was done already."""
        return self if self._running is not None else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on.

        Raises:
            UsageError: it does not run.
        """
        return self._need_running()[1].port

    @property
    def url(self) -> str:
        """Its base URL, `http://127.0.0.1:PORT`."""
        return f"http://{HOST}:{self.port}"

    def refuse(self, seconds: float | None = None) -> Handle:
        """Close the port and every connection, as a process that died; new connections are refused.

        The port stays ours, and is the same when the fault ends (by itself after `seconds`, if given).

        Raises:
            UsageError: it does not run.
        """
        return self._need_running()[1].refuse(seconds)

    def recover(self) -> None:
        """End every fault; what was recorded stays."""
        for handle in self._handles():
            handle.end()
        if self._running is not None:
            self._running[1].recover()

    def _need_running(self) -> tuple[LoopThread, Listener]:
        if self._running is None:
            kind = type(self).__name__
            raise UsageError(f"{self.name} does not run: use `with {kind}(…) as …:` or call start()")
        return self._running

    def _settle(self) -> None:
        """Make sure that records tell of everything that a client could have seen before."""
        if self._running is not None:
            self._running[0].settle()

    @property
    @abstractmethod
    def connections(self) -> Connections:
        """How many connections were accepted, are open, stayed idle…"""

    @abstractmethod
    def _handles(self) -> tuple[Handle, ...]:
        """Return the faults in force, the refusals aside."""

    # In the loop's thread.

    @abstractmethod
    def _open(self) -> int:
        """Return how many connections are open."""

    @abstractmethod
    def _accepted(self, loop: LoopThread, accepted: socket.socket) -> None:
        """Take over a client's socket."""

    @abstractmethod
    def _turned_away(self) -> None:
        """Count a connection that is one too many."""

    @abstractmethod
    def _drop_connections(self) -> None:
        """Close every connection at once."""

    def _accept(self, accepted: socket.socket) -> None:
        if self._running is not None and self._open() < self._max_connections:
            self._accepted(self._running[0], accepted)
        else:
            self._turned_away()
            reset_on_close(accepted)
            accepted.close()
