"""Nothing is left behind: no thread, no socket, no warning, whatever was going on at the end."""

import contextlib
import gc
import socket
import threading

import psutil
import pytest

from foodcourt.errors import GraderError
from foodcourt.faults import TcpProxy, Upstream
from foodcourt.faults.replies.base import Reply

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module", autouse=True)
def little_to_collect():
    """Put what is there already out of the garbage collector's way: it would take a second per test."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def nothing_left():
    """Compare threads and open files before and after; an unclosed socket is a ResourceWarning, an error here."""
    gc.collect()
    threads, files = threading.active_count(), psutil.Process().num_fds()
    yield
    gc.collect()
    assert (threading.active_count(), psutil.Process().num_fds()) == (threads, files)


@pytest.mark.parametrize("verb", ["hang", "hold", "flood", "drip", "delay", "refuse", "cut", "recover"])
def test_the_upstream_goes_in_the_middle_of_everything(verb):
    """Stopped with idle, answering and half-read connections, it closes them all."""
    with Upstream() as users:
        users.delay(seconds=60) if verb == "delay" else getattr(users, verb)()
        clients = [socket.socket() for _ in range(6)]
        for client, request in zip(clients, [GET, GET[:5], b"", b"\x00\r\n", GET, GET], strict=True):
            with contextlib.suppress(ConnectionError):
                client.connect(("127.0.0.1", users.port))
                client.sendall(request)
    for client in clients:
        client.close()


def test_connections_that_were_not_yet_accepted():
    """Stopped right after clients have connected, before anything was done about them."""
    for _ in range(20):
        with Upstream() as users, TcpProxy("127.0.0.1", users.port) as proxy:
            clients = [socket.create_connection(("127.0.0.1", port)) for port in (users.port, proxy.port) * 3]
        for client in clients:
            client.close()


@pytest.mark.parametrize("verb", ["blackhole", "throttle", "latency", "refuse", "recover", "cut", "reset"])
def test_the_proxy_goes_in_the_middle_of_everything(verb):
    """Stopped while bytes are held back or flow without end, it closes both sides."""
    with Upstream() as users, TcpProxy("127.0.0.1", users.port) as proxy:
        users.flood()
        argument = {"throttle": [10], "latency": [60]}.get(verb, [])
        getattr(proxy, verb)(*argument)
        clients = [socket.socket() for _ in range(4)]
        for client, request in zip(clients, [GET, GET, b"", b"x"], strict=True):
            with contextlib.suppress(ConnectionError):
                client.connect(("127.0.0.1", proxy.port))
                client.sendall(request)
        proxy.stop()
    for client in clients:
        client.close()


class Broken(Reply):
    """A reply that breaks inside the loop's thread."""

    async def send(self, wire):
        raise ZeroDivisionError

    def __str__(self):
        return "breaks"


def test_what_breaks_inside_is_told_at_the_end():
    """An exception of ours in the thread is not lost, and not mistaken for the learner's."""
    users = Upstream("users-service").start()
    users.answer("/", Broken())
    with socket.create_connection(("127.0.0.1", users.port)) as client:
        client.sendall(GET)
        assert users.wait_for(1)
        with pytest.raises(GraderError, match="users-service broke: ZeroDivisionError") as caught:
            users.stop()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
