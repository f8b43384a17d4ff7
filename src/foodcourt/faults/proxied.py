"""One connection through the proxy: a client, the target, and a flow each way."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from foodcourt.faults.flow import Ended, Flow
from foodcourt.faults.sockets import reset_on_close
from foodcourt.faults.toxics import CHUNK, Ending, Toxic

Side: TypeAlias = tuple[Callable[[], tuple[Toxic, ...]], Callable[[int], None]]

Address: TypeAlias = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]
"""As `socket.getaddrinfo` returns it."""

_FAREWELL = 1.0  # seconds that the peers have to close their sides after a cut


class Proxied:
    """Lives in the loop's thread, from accept to close of both sockets."""

    def __init__(
        self,
        client: socket.socket,
        addresses: Sequence[Address],
        *,
        to_target: Side,
        to_client: Side,
        on_close: Callable[[Proxied], None],
    ) -> None:
        """Take over the client's socket; each side says which toxics are on and where bytes are counted."""
        self._sockets = [client]
        self._addresses = addresses
        self._up = Flow(*to_target)
        self._down = Flow(*to_client)
        self._on_close = on_close
        self._end: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self.task: asyncio.Task[None] | None = None
        self.unreachable = False

    @property
    def used(self) -> bool:
        """Whether a byte has passed, in whichever direction."""
        return self._up.used or self._down.used

    def check(self) -> None:
        """End the connection if a toxic that was just put on wants it."""
        try:
            self._up.check()
            self._down.check()
        except Ended as ended:
            if not self._end.done():
                self._end.set_result(ended.how)

    def drop(self) -> None:
        """Close both sockets at once, as a process that dies does."""
        if self.task is not None:
            self.task.cancel()

    async def run(self) -> None:
        """Forward until both sides have ended, or something ends the connection."""
        self.check()
        carrying = asyncio.ensure_future(self._carry())
        ends: list[asyncio.Future[Any]] = [carrying, self._end]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            how = self._end.result() if self._end.done() else carrying.result()
        finally:
            carrying.cancel()
            await asyncio.wait([carrying])
        if how == "reset":
            for sock in self._sockets:
                reset_on_close(sock)
        elif how == "cut":
            await self._farewell()

    def close(self) -> None:
        """Close what is open; called when `run` has ended, or was cancelled before it began."""
        for sock in self._sockets:
            sock.close()
        self._on_close(self)

    async def _carry(self) -> Ending | None:
        """Forward; return how the connection ends, None if both streams have come to their ends."""
        client = self._sockets[0]
        try:
            await self._up.connect()
            target = await self._connect()
        except OSError:
            self.unreachable = True
            return "reset"
        tasks = [
            asyncio.ensure_future(step)
            for step in (
                self._up.read(client),
                self._up.write(target),
                self._down.read(target),
                self._down.write(client),
            )
        ]
        try:
            await asyncio.gather(*tasks)
        except Ended as ended:
            return ended.how
        except OSError:
            return "reset"  # one side broke off: the other is told in the same way
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return None

    async def _connect(self) -> socket.socket:
        error = OSError("the target has no address")
        for family, kind, protocol, _, address in self._addresses:
            target = socket.socket(family, kind, protocol)
            target.setblocking(False)
            self._sockets.append(target)
            try:
                await asyncio.get_running_loop().sock_connect(target, address)
            except OSError as failed:
                self._sockets.remove(target)
                target.close()
                error = failed
            else:
                # Nagle's algorithm would add delays that nobody asked for.
                for sock in self._sockets:
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return target
        raise error

    async def _farewell(self) -> None:
        """Send FIN both ways, then read on for a moment, so that no RST overtakes it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await asyncio.gather(*(_see_off(sock) for sock in self._sockets))


async def _see_off(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        while await asyncio.get_running_loop().sock_recv(sock, CHUNK):
            pass
