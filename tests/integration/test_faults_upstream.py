"""What the upstream records, how faults are put in force and taken back, and how it stands up to bad clients."""

import asyncio
import errno
import os
import random
import resource
import socket
import time

import httpx
import pytest

from foodcourt.errors import UsageError
from foodcourt.faults import OK, Delay, Status, Upstream

GET = b"GET /users/7 HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def users():
    with Upstream("users-service") as upstream:
        upstream.answer("/users/{uid}", json={"id": 7})
        yield upstream


@pytest.fixture(scope="module")
def http():
    with httpx.Client(timeout=5, verify=False) as client:
        yield client


def connect(users):
    return socket.create_connection(("127.0.0.1", users.port), timeout=5)


def statuses(users, http, count, path="/users/7"):
    return [http.get(users.url + path).status_code for _ in range(count)]


# Putting faults in force.


def test_a_fault_holds_until_recover(users, http):
    """A verb puts a fault in force at once, and recover() ends all of them; routes stay."""
    users.fail(status=503)
    users.delay(seconds=0.001)
    assert statuses(users, http, 2) == [503, 503]
    users.recover()
    assert statuses(users, http, 1) == [200]


def test_a_block_puts_back_what_was_there_before(users, http):
    """The end of a `with` block ends its fault only, whatever happens inside."""
    users.fail(status=500)
    with users.fail(status=502), users.fail(status=503) as inner:
        assert statuses(users, http, 1) == [503]
        inner.end()
        inner.end()
        assert statuses(users, http, 1) == [502]
    assert statuses(users, http, 1) == [500]


def test_a_script_is_played_and_then_forgotten(users, http):
    """The calls in scope get the replies in turn, then the usual answer."""
    users.script(Status(503), OK, Status(502), path="/users/*")
    assert statuses(users, http, 1, "/other") == [404]
    assert statuses(users, http, 4) == [503, 200, 502, 200]


def test_faults_lie_on_top_of_each_other(users, http):
    """A delay lets the older fault answer, and both are seen."""
    users.fail(status=503, times=1)
    users.delay(seconds=0.03)
    assert statuses(users, http, 2) == [503, 200]
    assert all(call.began_at - call.read_at >= 0.029 for call in users.calls)


def test_a_rate_can_be_played_again(http):
    """Two upstreams with the same seed fail the same calls."""

    def play():
        with Upstream() as users:
            users.answer("/users/7")
            users.fail(rate=0.5, seed=7)
            return statuses(users, http, 30)

    first = play()
    assert first == play()
    assert {200, 500} == set(first)


# Records.


def test_a_call_is_recorded_whole(users, http):
    """Method, target, headers, body, times and answer of a call can be read afterwards."""
    before = time.monotonic()
    http.post(f"{users.url}/users/a%20b?full=1&x=", content=b"\x00body", headers={"X-Request-ID": "abc"})
    after = time.monotonic()
    (call,) = users.calls
    assert (call.number, call.connection, call.turn) == (1, 1, 1)
    assert (call.method, call.target) == ("POST", "/users/a%20b?full=1&x=")
    assert (call.path, call.query, call.params) == ("/users/a b", "full=1&x=", {"uid": "a b"})
    assert (call.header("x-request-id"), call.header("X-None"), call.body) == ("abc", None, b"\x00body")
    assert (call.status, call.answer, call.reply) == (200, b'{"id": 7}', Status(json={"id": 7}))
    assert 0 < call.connected_at <= call.read_at <= call.began_at <= call.ended_at
    assert before < call.origin + call.connected_at < call.origin + call.ended_at < after
    assert call.hung_up_at is None
    assert not call.in_flight


def test_a_target_in_absolute_form_is_routed_by_its_path(users):
    """A client that takes the upstream for a proxy (HTTP_PROXY) is answered by path all the same."""
    with connect(users) as client:
        client.sendall(b"GET http://users.example:80/users/7?a=1 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
    assert (users.calls[0].path, users.calls[0].query) == ("/users/7", "a=1")


def test_an_answer_that_was_seen_has_been_recorded(users, http):
    """Whoever has the answer in hand finds it in the records, however soon it looks."""
    for size in (10, 3_000_000):
        users.reply(body=b"x" * size)
        http.get(users.url)
        assert users.calls[-1].ended_at is not None
        assert users.in_flight == 0


def test_a_client_that_hangs_up_is_recorded(users):
    """A client that leaves before the answer is seen at once, whether by FIN or by RST."""
    users.hang()
    for linger in (b"", b"\x01\x00\x00\x00\x00\x00\x00\x00"):
        users.forget()
        with connect(users) as client:
            if linger:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            client.sendall(GET)
            assert users.wait_for(1)
        assert users.wait_until(lambda users: users.calls[0].hung_up_at is not None)
        (call,) = users.calls
        assert call.hung_up_at > call.read_at
        assert (call.began_at, call.ended_at, call.sent) == (None, None, 0)
        assert "hung up before any answer  [never answers]" in users.timeline()


def test_connections_are_counted(users, http):
    """Kept connections are told from new ones, and idle ones are counted."""
    with httpx.Client(verify=False) as one:
        statuses(users, one, 3)
        assert users.connections.accepted == users.connections.open == 1
    connect(users).close()
    assert users.wait_until(lambda users: users.connections.open == 0)
    assert (users.connections.accepted, users.connections.idle) == (2, 1)
    assert [(call.connection, call.turn) for call in users.calls] == [(1, 1), (1, 2), (1, 3)]


def test_forget_starts_counting_anew(users, http):
    """After forget() the next call is number 1; faults and routes are still there."""
    users.fail(times=3)
    statuses(users, http, 2)
    users.forget()
    assert users.calls == ()
    assert (users.connections.accepted, users.peak_in_flight) == (0, 0)
    assert statuses(users, http, 2) == [500, 200]
    assert [call.number for call in users.calls] == [1, 2]


def test_waiting_tells_whether_it_happened(users):
    """Waiting for calls that do not come ends with False, in about the time given."""
    begun = time.monotonic()
    assert users.wait_for(1, timeout=0.05) is False
    assert users.wait_until(lambda users: users.in_flight > 0, timeout=0.05) is False
    assert 0.09 < time.monotonic() - begun < 2


def test_two_hundred_calls_at_once(users):
    """200 delayed calls are answered together, and the peak is recorded."""
    users.delay(seconds=0.5)

    async def one():
        reader, writer = await asyncio.open_connection("127.0.0.1", users.port)
        writer.write(GET)
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return line

    async def all_of_them():
        return await asyncio.gather(*(one() for _ in range(200)))

    assert set(asyncio.run(all_of_them())) == {b"HTTP/1.1 200 OK\r\n"}
    assert users.peak_in_flight == 200
    assert users.connections.accepted == 200
    assert min(call.began_at - call.read_at for call in users.calls) >= 0.499


def test_it_works_under_a_running_loop():
    """A notebook cell, whose loop is already running, can use the same synchronous calls."""

    async def cell():
        with Upstream() as users:
            users.answer("/", json=1)
            async with httpx.AsyncClient(verify=False) as client:
                return (await client.get(users.url)).json(), len(users.calls)

    assert asyncio.run(cell()) == (1, 1)


# Refusing.


def test_refuse_and_return_on_the_same_port(users, http):
    """While it refuses, nobody gets in and nobody can take the port; afterwards it is there as before."""
    port = users.port
    for _ in range(3):
        with connect(users) as kept:
            assert users.wait_until(lambda users: users.connections.open == 1)
            with users.refuse():
                assert kept.recv(10) == b""
                with pytest.raises(httpx.ConnectError):
                    http.get(users.url)
                for reuse in (0, 1):
                    with socket.socket() as squatter:
                        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
                        with pytest.raises(OSError, match=errno_text(errno.EADDRINUSE)):
                            squatter.bind(("127.0.0.1", port))
        assert users.port == port
        with httpx.Client(verify=False) as fresh:
            assert statuses(users, fresh, 1) == [200]
        assert users.wait_until(lambda users: users.connections.open == 0)


def errno_text(number):
    return rf"Errno {number}"


def test_refusing_drops_calls_in_flight(users):
    """A call in flight ends as it would if the process died, and the record says why."""
    users.hang()
    with connect(users) as client:
        client.sendall(GET)
        assert users.wait_for(1)
        with users.refuse():
            assert client.recv(10) == b""
    (call,) = users.calls
    assert call.ended_at is not None
    assert "closed the connection" in call.note


def test_refuse_ends_by_itself(users, http):
    """A refusal with a time comes back without anybody's doing; the end of another one does not end it."""
    longer = users.refuse(seconds=0.1)
    users.refuse().end()
    begun = time.monotonic()
    while True:
        try:
            assert statuses(users, http, 1) == [200]
            break
        except httpx.ConnectError:
            assert time.monotonic() - begun < 5
    assert time.monotonic() - begun > 0.05
    longer.end()
    assert statuses(users, http, 1) == [200]


def test_recover_ends_refusals(users, http):
    """recover() opens the port again."""
    users.refuse()
    users.recover()
    assert statuses(users, http, 1) == [200]


# Bad clients.


@pytest.mark.parametrize(
    "rubbish",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_no_request_gets_400(users, http, rubbish):
    """Malformed input is answered with 400 and recorded, and the upstream goes on."""
    with connect(users) as client:
        client.sendall(rubbish)
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")
    (call,) = users.calls
    assert (call.method, call.status, call.connection) == ("", 400, 1)
    assert call.note.startswith("malformed request: ")
    assert call.body == rubbish[:256]
    assert statuses(users, http, 1) == [200]
    assert users.wait_until(lambda users: users.connections.failed == 1)


def test_half_a_request_gets_400(users):
    """A client that stops in the middle of its request is told so."""
    with connect(users) as client:
        client.sendall(GET[:-6])
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")


def test_random_bytes_do_no_harm(http):
    """Whatever bytes come, mixed with pieces of requests, the upstream lives (stop() would raise if not)."""
    draw = random.Random(1)
    pieces = [
        GET,
        b"\r\n",
        b"\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"5\r\nabcde\r\n",
        b"0\r\n\r\n",
        b"HTTP/1.1",
    ]
    with Upstream() as users:
        for _ in range(150):
            noise = b"".join(
                draw.choice(pieces) if draw.random() < 0.7 else draw.randbytes(draw.randrange(20)) for _ in range(6)
            )
            with connect(users) as client:
                client.sendall(noise)
        assert statuses(users, http, 1) == [404]


def test_a_body_that_is_too_long_gets_413(http):
    """Bodies are bounded, also those of unknown length."""
    with Upstream(max_body=1000) as users:
        assert http.post(users.url, content=b"x" * 1000).status_code == 404
        assert http.post(users.url, content=b"x" * 1001).status_code == 413
        assert http.post(users.url, content=iter([b"x" * 600] * 2)).status_code == 413
        assert users.calls[-1].note == "malformed request: the body is longer than 1000 bytes"


def test_a_client_that_waits_for_100_continue_gets_it(users):
    """`Expect: 100-continue` is answered before the body, once for each request."""
    with connect(users) as client:
        for _ in range(2):
            client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.sendall(b"abc")
            assert b" 404 " in receive_answer(client)
    assert [call.body for call in users.calls] == [b"abc", b"abc"]


def receive_answer(client):
    """Receive head and body of one answer, which may come in two pieces."""
    received = b""
    while b"\r\n\r\n" not in received or not received.endswith(b"}"):
        received += client.recv(1000)
    return received


def test_requests_in_a_row_without_waiting_are_answered_in_order(users):
    """Pipelined requests are answered one after the other, even when they are many."""
    count, request = 400, GET[:-2] + b"X: %s\r\n\r\n" % (b"x" * 1000)
    users.fault(Delay(0.05), nth=1)
    with connect(users) as client:
        client.sendall(request * count)
        received = b""
        while received.count(b'{"id": 7}') < count:
            received += client.recv(65536)
    assert len(users.calls) == count
    assert users.peak_in_flight == 1


def test_records_are_bounded(http):
    """Beyond the cap calls are answered and counted, but not remembered."""
    with Upstream(max_calls=2) as users:
        statuses(users, http, 5)
        assert (len(users.calls), users.dropped) == (2, 3)
        assert users.wait_for(5, timeout=0)
    with Upstream(max_recorded=3000) as users:
        for _ in range(3):
            http.post(users.url, content=b"x" * 1000)
        assert (len(users.calls), users.dropped) == (2, 1)


def test_connections_are_bounded():
    """One connection too many is dropped at once and counted."""
    with Upstream(max_connections=2) as users, connect(users), connect(users):
        assert users.wait_until(lambda users: users.connections.open == 2)
        with pytest.raises(ConnectionResetError):  # by connect() or by recv(), as the RST comes
            ask_on_a_new_connection(users)
        assert users.connections.turned_away == 1


def ask_on_a_new_connection(users):
    with connect(users) as client:
        return client.recv(10)


def test_it_survives_when_files_run_out(users):
    """A connection that cannot be accepted for want of file descriptors is accepted when there are some again."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with connect(users) as probe:
        assert users.wait_until(lambda users: users.connections.open == 1)
        lowest = os.dup(probe.fileno())
        os.close(lowest)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + 1, limits[1]))
            with connect(users) as client:  # takes the last one
                client.sendall(GET)
                assert not users.wait_for(1, timeout=0.1)
                resource.setrlimit(resource.RLIMIT_NOFILE, limits)
                assert client.recv(12) == b"HTTP/1.1 200"
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)


# Life.


def test_an_upstream_that_does_not_run_says_so():
    """Using it before start() or starting it twice is told with what to do."""
    users = Upstream("users-service")
    with pytest.raises(UsageError, match=r"users-service does not run.*start\(\)"):
        _ = users.url
    with users, pytest.raises(UsageError, match="make a new Upstream"):
        users.start()
    users.stop()


def test_faults_and_routes_may_be_set_before_the_start(http):
    """An upstream can be prepared first; after the end, its records can still be read."""
    users = Upstream()
    users.answer("/", status=201)
    fault = users.fail(times=1)
    with users:
        assert statuses(users, http, 2, "/") == [500, 201]
        refusal = users.refuse()
    refusal.end()
    fault.end()
    users.recover()
    assert [call.status for call in users.calls] == [500, 201]


def test_open_connections_are_closed_when_refuse_returns(users):
    """Whoever is told that the upstream refuses finds a kept-open connection closed already, not a moment later."""
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", users.port), timeout=5) as kept:
            kept.sendall(b"GET /nothing HTTP/1.1\r\nHost: users\r\n\r\n")
            assert users.wait_until(lambda upstream: upstream.in_flight == 0 and upstream.calls)
            answer = b""
            while not answer.endswith(b"}"):
                answer += kept.recv(65536)
            kept.setblocking(False)
            with users.refuse():
                assert kept.recv(65536) == b""
            users.forget()
