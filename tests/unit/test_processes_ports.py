"""Free ports."""

import socket
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from foodcourt.processes import free_port
from foodcourt.processes.ports import is_free


def test_a_free_port_can_be_bound():
    """What `free_port` gives can be listened on."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server:
        assert server.getsockname()[1] == port


def test_no_port_is_given_twice():
    """Ports asked for in a row differ, although nothing listens on them yet."""
    ports = [free_port() for _ in range(500)]
    assert len(set(ports)) == 500


def test_ports_lie_below_those_of_outgoing_connections():
    """No client's own connection can take the port meanwhile."""
    assert all(20_000 <= free_port() < 32_000 for _ in range(20))


def test_a_port_with_a_listener_is_not_free():
    """`is_free` notices a listener, on this address or on all."""
    for host in ("127.0.0.1", ""):
        with socket.create_server((host, 0)) as server:
            port = server.getsockname()[1]
            assert not is_free(port)
        assert is_free(port)


def test_threads_that_ask_at_once_get_ports_of_their_own(monkeypatch):
    """Servers that start side by side, each asked for by a thread, never get the same one: gRPC would share it."""
    monkeypatch.setattr("foodcourt.processes.ports._RANGE", range(20_000, 20_300))
    monkeypatch.setattr("foodcourt.processes.ports._given", deque(maxlen=1_000))
    with ThreadPoolExecutor(32) as pool:
        given = list(pool.map(lambda _: free_port(), range(150)))
    assert len(set(given)) == 150
