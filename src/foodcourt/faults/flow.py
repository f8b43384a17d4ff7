"""One direction of one proxied connection: reads, spoils, writes, with little in memory."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from foodcourt.faults.toxics import CHUNK, Ending, Pace, Toxic

_CHUNKS_IN_FLIGHT = 32  # what is held back by latency; beyond this, the sender has to wait


class Ended(Exception):
    """A toxic has ended the connection."""

    def __init__(self, how: Ending) -> None:
        """Say how."""
        super().__init__(how)
        self.how: Ending = how


class Flow:
    """Carries bytes from one socket to another under the toxics that are on at the moment."""

    def __init__(self, toxics: Callable[[], tuple[Toxic, ...]], count: Callable[[int], None]) -> None:
        """Ask `toxics` for those of this direction; report bytes that have passed to `count`."""
        self._toxics = toxics
        self._count = count
        self._pace = Pace()
        self._chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_CHUNKS_IN_FLIGHT)
        self._passed = 0
        self._passed_before: dict[Toxic, int] = {}

    @property
    def used(self) -> bool:
        """Whether a byte has passed."""
        return self._passed > 0

    def check(self) -> None:
        """Look whether a toxic wants the connection to end.

        Raises:
            Ended: one does.
        """
        for toxic, passed in self._on().items():
            how = toxic.ending(passed)
            if how is not None:
                raise Ended(how)

    async def connect(self) -> None:
        """Wait until the connection itself may be made."""
        for toxic in self._toxics():
            await toxic.before(0, self._pace)

    async def read(self, source: socket.socket) -> None:
        """Read until the end of the stream; waits while too much is on its way."""
        loop = asyncio.get_running_loop()
        due = 0.0
        while True:
            data = await loop.sock_recv(source, CHUNK)
            held = sum(toxic.hold() for toxic in self._toxics())
            due = max(due, loop.time() + held)  # jitter never lets bytes overtake each other
            await self._chunks.put((due, data))
            if not data:
                return

    async def write(self, sink: socket.socket) -> None:
        """Write what was read, then close the sink's sending side as the source closed its own."""
        loop = asyncio.get_running_loop()
        while True:
            due, data = await self._chunks.get()
            if (early := due - loop.time()) > 0:
                await asyncio.sleep(early)
            if not data:
                await self.connect()  # a blackhole swallows the end of a stream as well
                sink.shutdown(socket.SHUT_WR)
                return
            rest = memoryview(data)
            while rest:
                rest = await self._pass(rest, sink)

    async def _pass(self, data: memoryview, sink: socket.socket) -> memoryview:
        """Let one piece pass and return the rest."""
        on = self._on()
        size = min([len(data), *(toxic.largest(passed) for toxic, passed in on.items())])
        for toxic in on:
            await toxic.before(size, self._pace)
        await asyncio.get_running_loop().sock_sendall(sink, data[:size])
        self._passed += size
        self._count(size)
        self.check()
        return data[size:]

    def _on(self) -> dict[Toxic, int]:
        """Return the toxics of the moment and how many bytes have passed under each."""
        self._passed_before = {toxic: self._passed_before.get(toxic, self._passed) for toxic in self._toxics()}
        return {toxic: self._passed - before for toxic, before in self._passed_before.items()}
