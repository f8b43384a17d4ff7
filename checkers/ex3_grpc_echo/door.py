"""A door where somebody may knock and nobody opens."""

from __future__ import annotations

import socket


class Door:
    """A port of ours: the system takes connections, as it does for a frozen process, and that is all."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self._place = socket.create_server(("127.0.0.1", 0))
        self._place.setblocking(False)
        self._knocks: list[socket.socket] = []
        self.port: int = self._place.getsockname()[1]

    @property
    def knocked(self) -> bool:
        """Whether anybody has come so far, with however little to say."""
        if not self._knocks:
            try:
                self._knocks.append(self._place.accept()[0])  # kept, as whoever came may still wait
            except BlockingIOError:
                return False
            except OSError:  # it came, and left
                return True
        return True

    def close(self) -> None:
        """Let go of all who came."""
        for knock in self._knocks:
            knock.close()
        self._place.close()
