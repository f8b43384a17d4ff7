"""Free TCP ports."""

from __future__ import annotations

import random
import socket
import threading
from collections import deque

__all__ = ["NoFreePort", "free_port", "is_free"]

# Below the range from which kernels take the ports of outgoing connections (32768 on Linux, 49152 on macOS), so that
# a client's own connection cannot take the port between this call and the service's bind.
_RANGE = range(20_000, 32_000)
_random = random.SystemRandom()
_given: deque[int] = deque(maxlen=1_000)
_lock = threading.Lock()


class NoFreePort(OSError):
    """Something holds all ports, or nearly all."""


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether nothing listens on that port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str = "127.0.0.1") -> int:
    """Find a port that nothing listens on; chosen at random, and none that this process was given lately.

    Raises:
        NoFreePort: none of 100 tried ports is free.
    """
    with _lock:  # or two threads that look at the same time may find the same
        for _ in range(100):
            port = _random.choice(_RANGE)
            if port not in _given and is_free(port, host):
                _given.append(port)
                return port
    raise NoFreePort(f"no free port found on {host} between {_RANGE.start} and {_RANGE.stop}")
