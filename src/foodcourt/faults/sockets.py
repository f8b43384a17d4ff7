"""What both servers do to a socket."""

from __future__ import annotations

import socket
import struct


def reset_on_close(sock: socket.socket) -> None:
    """Make the kernel send RST in place of FIN when this socket is closed."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
