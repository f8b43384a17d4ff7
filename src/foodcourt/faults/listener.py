"""A port on 127.0.0.1 that can refuse connections and come back as the same port."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

from foodcourt.faults.handle import Handle
from foodcourt.faults.loop import LoopThread

HOST = "127.0.0.1"
_BACKLOG = 1024
_ACCEPTS_PER_WAKE = 64
_PAUSE_WHEN_OUT_OF_FILES = 0.05  # seconds


class Listener:
    """Accepts connections in the loop's thread and hands each socket to `on_accept`.

    While it refuses, the port stays bound to a socket that does not listen: the kernel answers every
    connection attempt with RST, and no other process can take the port.
    """

    def __init__(
        self, loop: LoopThread, on_accept: Callable[[socket.socket], None], on_refuse: Callable[[], None]
    ) -> None:
        """Bind a free port; `on_refuse` is called in the loop when the port begins to refuse."""
        self._loop = loop
        self._on_accept = on_accept
        self._on_refuse = on_refuse
        self._refusals: set[Handle] = set()
        self._closed = False
        self._socket = _bind_free_port()
        self.port: int = self._socket.getsockname()[1]

    def listen(self) -> None:
        """Begin to accept connections."""
        self._loop.call(self._listen)

    def refuse(self, seconds: float | None = None) -> Handle:
        """Refuse connections until the handle is ended, or for so many seconds."""

        def undo() -> None:
            if not self._closed:
                self._loop.call(self._come_back, handle)

        handle = Handle(undo)
        self._loop.call(self._go_away, handle, seconds)
        return handle

    def recover(self) -> None:
        """End every refusal."""
        for handle in self._loop.call(lambda: tuple(self._refusals)):
            handle.end()

    def close(self) -> None:
        """Close the port for good."""
        self._loop.call(self._close)

    def _listen(self) -> None:
        # Only now SO_REUSEADDR: with it, connections of before in TIME_WAIT do not stand in the way of
        # listening again; without it while refusing, nobody else can bind the port.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.listen(_BACKLOG)
        self._loop.loop.add_reader(self._socket, self._accept)

    def _go_away(self, handle: Handle, seconds: float | None) -> None:
        if self._closed:
            return
        if not self._refusals:
            self._loop.loop.remove_reader(self._socket)
            self._stop_listening()
            self._on_refuse()
        self._refusals.add(handle)
        if seconds is not None:
            self._loop.loop.call_later(seconds, handle.end)

    def _stop_listening(self) -> None:
        try:
            # On Linux this takes a socket out of the listening state and keeps its port.
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            # Elsewhere it cannot be done: let go of the port and bind it again at once.
            self._socket.close()
            self._socket = _bind(self.port, reuse=True)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)

    def _come_back(self, handle: Handle) -> None:
        if handle in self._refusals:
            self._refusals.remove(handle)
            if not self._refusals and not self._closed:
                self._listen()

    def _accept(self) -> None:
        for _ in range(_ACCEPTS_PER_WAKE):
            try:
                accepted, _address = self._socket.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError:
                # Out of file descriptors: without a pause the waiting connection would wake us for ever.
                self._loop.loop.remove_reader(self._socket)
                self._loop.loop.call_later(_PAUSE_WHEN_OUT_OF_FILES, self._resume)
                return
            accepted.setblocking(False)
            self._on_accept(accepted)

    def _resume(self) -> None:
        if not self._closed and not self._refusals:
            self._loop.loop.add_reader(self._socket, self._accept)

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._loop.loop.remove_reader(self._socket)
            self._socket.close()


def _bind_free_port() -> socket.socket:
    while True:
        with contextlib.closing(_bind(0)) as probe:
            port = probe.getsockname()[1]
        # A socket bound to port 0 loses its port when it stops listening; one bound by number keeps it.
        with contextlib.suppress(OSError):  # somebody else took it in between: try the next one
            return _bind(port)


def _bind(port: int, *, reuse: bool = False) -> socket.socket:
    # The protocol in full: asyncio switches Nagle's algorithm off only for sockets that say they are TCP.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setblocking(False)
        if reuse:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((HOST, port))
    except BaseException:
        bound.close()
        raise
    return bound
