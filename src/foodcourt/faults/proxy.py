"""A TCP proxy that spoils the connections that go through it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Literal, Self, TypeAlias

from foodcourt.errors import UsageError
from foodcourt.faults.connections import Connections
from foodcourt.faults.handle import Handle
from foodcourt.faults.loop import LoopThread
from foodcourt.faults.proxied import Address, Proxied
from foodcourt.faults.server import Server
from foodcourt.faults.toxics import Blackhole, EndAfter, Latency, Throttle, Toxic

Direction: TypeAlias = Literal["both", "to_target", "to_client"]


class TcpProxy(Server):
    """Listens on a free port of 127.0.0.1 and forwards to a target, in a thread of its own.

    Use it in a `with` block, or `start()` and `stop()` it. Each verb puts one fault in force, on open connections
    too, and returns its handle: `end()` it, or use it in a `with` block.
    """

    def __init__(
        self, target_host: str, target_port: int, name: str = "proxy", *, max_connections: int = 200
    ) -> None:
        """Prepare a proxy; nothing runs before `start()`.

        Args:
            target_host: where to forward to; it need not be there yet.
            target_port: its port.
            name: how messages and threads call the proxy.
            max_connections: open at once; further ones are reset and counted as turned away.
        """
        super().__init__(name, max_connections)
        self._target = (target_host, target_port)
        self._addresses: Sequence[Address] = ()
        self._toxics: tuple[tuple[Direction, Toxic], ...] = ()
        self._put: dict[Handle, None] = {}
        self._proxied: set[Proxied] = set()
        self._connections = Connections()
        self._bytes_to_target = 0
        self._bytes_to_client = 0

    def start(self) -> Self:
        """Look up the target's address and start to listen; returns itself.

        Raises:
            UsageError: it has been started before, or the target's name has no address.
        """
        try:
            self._addresses = socket.getaddrinfo(*self._target, type=socket.SOCK_STREAM)
        except OSError as error:
            raise UsageError(f"{self.name} cannot find its target {self._target[0]!r}: {error}") from error
        return super().start()

    # What goes wrong.

    def latency(self, seconds: float, jitter: float = 0.0, seed: int = 0, direction: Direction = "both") -> Handle:
        """Deliver bytes so many seconds late, give or take `jitter`; both directions add up."""
        return self._put_on(lambda: Latency(seconds, jitter, seed), direction)

    def throttle(self, bytes_per_second: float, direction: Direction = "both") -> Handle:
        """Let so many bytes a second pass, for each connection and direction."""
        return self._put_on(lambda: Throttle(bytes_per_second), direction)

    def blackhole(self, direction: Direction = "both") -> Handle:
        """Accept connections, but let nothing pass; when it ends, what waited goes on."""
        return self._put_on(Blackhole, direction)

    def cut(self, after: int = 0, direction: Direction = "both") -> Handle:
        """Close each connection in order (FIN) when so many more bytes have passed; 0 does it now."""
        return self._put_on(lambda: EndAfter(after, "cut"), direction)

    def reset(self, after: int = 0, direction: Direction = "both") -> Handle:
        """Drop each connection (RST) when so many more bytes have passed; 0 does it now."""
        return self._put_on(lambda: EndAfter(after, "reset"), direction)

    # What it saw.

    @property
    def connections(self) -> Connections:
        """How many connections were accepted, are open, stayed idle…"""
        self._settle()
        return self._connections

    @property
    def bytes_to_target(self) -> int:
        """How many bytes of clients have been passed on."""
        self._settle()
        return self._bytes_to_target

    @property
    def bytes_to_client(self) -> int:
        """How many bytes of the target have been passed on."""
        self._settle()
        return self._bytes_to_client

    def _handles(self) -> tuple[Handle, ...]:
        return tuple(self._put)

    def _put_on(self, make: Callable[[], Toxic], direction: Direction) -> Handle:
        if direction not in ("both", "to_target", "to_client"):
            raise ValueError(f'direction is "both", "to_target" or "to_client", not {direction!r}')
        loop, _ = self._need_running()
        ways: tuple[Direction, ...] = ("to_target", "to_client") if direction == "both" else (direction,)
        # One for each way: each draws its own jitter, so that one way's traffic does not change the other's.
        toxics = tuple((way, make()) for way in ways)

        def undo() -> None:
            self._put.pop(handle, None)
            if self._running is not None:
                loop.call(self._take_off, toxics)

        handle = Handle(undo)
        self._put[handle] = None
        loop.call(self._take_on, toxics)
        return handle

    # In the loop's thread.

    def _take_on(self, toxics: tuple[tuple[Direction, Toxic], ...]) -> None:
        self._toxics += toxics
        for connection in tuple(self._proxied):
            connection.check()

    def _take_off(self, toxics: tuple[tuple[Direction, Toxic], ...]) -> None:
        self._toxics = tuple(item for item in self._toxics if item not in toxics)
        for _, toxic in toxics:
            toxic.release()

    def _of(self, direction: Direction) -> tuple[Toxic, ...]:
        return tuple(toxic for way, toxic in self._toxics if way == direction)

    def _open(self) -> int:
        return len(self._proxied)

    def _turned_away(self) -> None:
        self._connections = self._connections.plus(turned_away=1)

    def _accepted(self, loop: LoopThread, accepted: socket.socket) -> None:
        self._connections = self._connections.plus(accepted=1, open=1)
        connection = Proxied(
            accepted,
            self._addresses,
            to_target=(lambda: self._of("to_target"), self._count_to_target),
            to_client=(lambda: self._of("to_client"), self._count_to_client),
            on_close=self._closed,
        )
        self._proxied.add(connection)
        connection.task = loop.spawn(connection.run())
        connection.task.add_done_callback(lambda _: connection.close())

    def _closed(self, connection: Proxied) -> None:
        self._proxied.discard(connection)
        self._connections = self._connections.plus(
            open=-1, idle=int(not connection.used), failed=int(connection.unreachable)
        )

    def _count_to_target(self, size: int) -> None:
        self._bytes_to_target += size

    def _count_to_client(self, size: int) -> None:
        self._bytes_to_client += size

    def _drop_connections(self) -> None:
        for connection in tuple(self._proxied):
            connection.drop()
