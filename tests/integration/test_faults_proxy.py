"""The TCP proxy, with a plain socket on both sides."""

import contextlib
import socket
import threading
import time

import pytest

from foodcourt.errors import UsageError
from foodcourt.faults import TcpProxy


@pytest.fixture
def target():
    """A listening socket; tests accept from it themselves."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        yield listener


@pytest.fixture
def proxy(target):
    with TcpProxy("127.0.0.1", target.getsockname()[1]) as proxy:
        yield proxy


@pytest.fixture
def pair(proxy, target):
    """A client's socket and the target's, connected through the proxy."""
    with connect(proxy) as client:
        server, _ = target.accept()
        with server:
            server.settimeout(5)
            yield client, server


def connect(proxy):
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def receive(sock, size):
    received = b""
    while len(received) < size and (data := sock.recv(size - len(received))):
        received += data
    return received


def eventually(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_bytes_go_both_ways_and_are_counted(proxy, pair):
    """Without a fault, the proxy passes on what it is given."""
    client, server = pair
    client.sendall(b"question")
    assert receive(server, 8) == b"question"
    server.sendall(b"the answer")
    assert receive(client, 10) == b"the answer"
    assert (proxy.bytes_to_target, proxy.bytes_to_client) == (8, 10)
    assert (proxy.connections.accepted, proxy.connections.open) == (1, 1)


def test_half_close_is_passed_on(proxy, pair):
    """A side that has nothing more to say can still listen."""
    client, server = pair
    client.sendall(b"that is all")
    client.shutdown(socket.SHUT_WR)
    assert receive(server, 100) == b"that is all"
    server.sendall(b"thanks")
    server.shutdown(socket.SHUT_WR)
    assert receive(client, 100) == b"thanks"
    eventually(lambda: proxy.connections.open == 0)
    assert proxy.connections.idle == 0


def test_a_reset_is_passed_on(pair):
    """A side that breaks off is seen to break off by the other."""
    client, server = pair
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    client.close()
    with pytest.raises(ConnectionResetError):
        server.recv(1)


def test_much_data_comes_whole_under_changing_faults(proxy, pair):
    """Nothing is lost, doubled or out of order while faults come and go."""
    client, server = pair
    data = bytes(range(256)) * 8000
    sender = threading.Thread(target=lambda: (client.sendall(data), client.shutdown(socket.SHUT_WR)))
    sender.start()
    received = b""
    verbs = [lambda: proxy.latency(0.01, jitter=0.01), lambda: proxy.throttle(50_000_000), proxy.blackhole]
    while chunk := receive(server, 200_000):
        received += chunk
        with verbs[len(received) // 200_000 % 3]():
            pass
    sender.join()
    assert received == data


def test_latency(proxy, pair):
    """Bytes come late by the latency, in the chosen direction only."""
    client, server = pair
    proxy.latency(seconds=0.2, direction="to_client")
    begun = time.monotonic()
    client.sendall(b"x")
    assert server.recv(1) == b"x"
    one_way = time.monotonic() - begun
    server.sendall(b"y")
    assert client.recv(1) == b"y"
    assert time.monotonic() - begun - one_way >= 0.199
    assert one_way < 0.19


def test_latency_does_not_slow_down_a_stream(proxy, pair):
    """Latency is not a throttle: much is on its way at once."""
    client, server = pair
    proxy.latency(seconds=0.1)
    begun = time.monotonic()
    for _ in range(20):
        client.sendall(b"x" * 1000)
        time.sleep(0.001)  # so that the proxy reads several times
    assert len(receive(server, 20_000)) == 20_000
    assert 0.1 <= time.monotonic() - begun < 0.8


def test_jitter_is_repeatable_by_its_seed():
    """The same seed draws the same latencies, within the range."""
    from foodcourt.faults.toxics import Latency

    def draw(seed):
        latency = Latency(0.1, 0.05, seed)
        return [latency.hold() for _ in range(50)]

    assert draw(1) == draw(1) != draw(2)
    assert 0.05 <= min(draw(1)) < max(draw(1)) <= 0.15


def test_throttle(proxy, pair):
    """A throttled line takes about the time that its rate says."""
    client, server = pair
    with proxy.throttle(bytes_per_second=50_000, direction="to_target"):
        begun = time.monotonic()
        client.sendall(b"x" * 10_000)
        assert len(receive(server, 10_000)) == 10_000
        assert 0.18 <= time.monotonic() - begun < 1
    begun = time.monotonic()
    client.sendall(b"x" * 100_000)
    assert len(receive(server, 100_000)) == 100_000
    assert time.monotonic() - begun < 1


def test_blackhole(proxy, target):
    """Connections are accepted, but nothing comes through; when it ends, what waited goes on."""
    with proxy.blackhole(), connect(proxy) as client:
        client.sendall(b"hello?")
        target.settimeout(0.05)
        with pytest.raises(TimeoutError):
            target.accept()
        assert proxy.bytes_to_target == 0
        proxy.recover()
        target.settimeout(5)
        server, _ = target.accept()
        with server:
            assert receive(server, 6) == b"hello?"


def test_blackhole_in_one_direction(proxy, pair):
    """Questions may arrive while the answers do not."""
    client, server = pair
    with proxy.blackhole(direction="to_client"):
        client.sendall(b"q")
        assert server.recv(1) == b"q"
        server.sendall(b"a")
        client.settimeout(0.05)
        with pytest.raises(TimeoutError):
            client.recv(1)
    client.settimeout(5)
    assert client.recv(1) == b"a"


@pytest.mark.parametrize("verb", ["cut", "reset"])
def test_connections_end_now(proxy, target, pair, verb):
    """Open connections end at once on both sides, and new ones as soon as they are made."""
    client, server = pair
    with getattr(proxy, verb)():
        for sock in (client, server):
            assert end_of(sock) == ("FIN" if verb == "cut" else "RST")
        assert end_of_new(proxy) == ("FIN" if verb == "cut" else "RST")
    assert connect_and_talk(proxy, target) == b"x"


def end_of(sock):
    try:
        return "FIN" if sock.recv(100) == b"" else "data"
    except ConnectionResetError:
        return "RST"


def end_of_new(proxy):
    """Connect and return how it ends, which may be before the client knows that it was connected."""
    try:
        with connect(proxy) as client:
            return end_of(client)
    except ConnectionResetError:
        return "RST"


def connect_and_talk(proxy, target):
    """Send a byte over a new connection and return what arrives; connections that died early are skipped."""
    with connect(proxy) as client:
        client.sendall(b"x")
        while True:
            server, _ = target.accept()
            with server:
                server.settimeout(5)
                if received := received_or_nothing(server):
                    return received


def received_or_nothing(sock):
    try:
        return sock.recv(10)
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("verb", ["cut", "reset"])
def test_connections_end_after_some_bytes(proxy, pair, verb):
    """Exactly so many bytes pass from the moment the fault is put in force, and then the connection ends."""
    client, server = pair
    server.sendall(b"before")
    assert receive(client, 6) == b"before"
    getattr(proxy, verb)(after=5, direction="to_client")
    server.sendall(b"123")
    assert receive(client, 3) == b"123"
    server.sendall(b"456789")
    assert receive(client, 2) == b"45"
    assert end_of(client) == ("FIN" if verb == "cut" else "RST")


def test_refuse_and_return(proxy, target, pair):
    """The port refuses, open connections are closed, and the same port comes back."""
    client, server = pair
    port = proxy.port
    with proxy.refuse():
        assert client.recv(1) == b""
        assert server.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            connect(proxy)
    assert proxy.port == port
    assert connect_and_talk(proxy, target) == b"x"


def test_backpressure(proxy, pair):
    """A reader that does not read stops the writer: the proxy does not hoard."""
    client, _server = pair
    client.settimeout(0.2)
    sent = 0
    with contextlib.suppress(TimeoutError):
        while sent < 100_000_000:
            sent += client.send(b"x" * 65536)
    assert sent < 30_000_000
    passed = proxy.bytes_to_target
    assert sent - passed < 10_000_000


def test_a_target_that_is_not_there(target):
    """A client of a target that is down is reset, and the failure is counted."""
    port = target.getsockname()[1]
    target.close()
    with TcpProxy("127.0.0.1", port) as proxy:
        assert end_of_new(proxy) == "RST"
        eventually(lambda: proxy.connections.failed == 1)


def test_connections_are_bounded(target):
    """One connection too many is dropped at once and counted."""
    with TcpProxy("localhost", target.getsockname()[1], max_connections=1) as proxy, connect(proxy):
        eventually(lambda: proxy.connections.open == 1)
        assert end_of_new(proxy) == "RST"
        assert proxy.connections.turned_away == 1


def test_mistakes_are_told(proxy):
    """Wrong arguments show where the verb is called; a proxy that does not run says so."""
    for wrong in (
        lambda: proxy.throttle(0),
        lambda: proxy.latency(-1),
        lambda: proxy.cut(after=-1),
        lambda: proxy.blackhole(direction="sideways"),
    ):
        with pytest.raises(ValueError, match=r"."):
            wrong()
    with pytest.raises(UsageError, match="does not run"):
        TcpProxy("127.0.0.1", 1).latency(1)
    with pytest.raises(UsageError, match="cannot find its target"):
        TcpProxy("no.such.host.invalid", 1).start()
