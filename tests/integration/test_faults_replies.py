"""Each kind of reply, seen by a raw socket and by httpx."""

import contextlib
import json
import socket
import time

import httpx
import pytest

from foodcourt.faults import OK, Cut, Delay, Drip, Flood, Hang, Hold, Malformed, Reset, Status, Upstream

USER = {"id": 7, "email": "zoë@example.org"}


@pytest.fixture
def users():
    with Upstream("users-service") as upstream:
        upstream.answer("/users/7", json=USER)
        yield upstream


@pytest.fixture(scope="module")
def http():
    with httpx.Client(timeout=5, verify=False) as client:
        yield client


def ask(port, request=b"GET /users/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"):
    """Send a request; return every byte that came and how the connection ended."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(request)
        try:
            while data := client.recv(65536):
                received += data
        except ConnectionResetError:
            return received, "RST"
    return received, "FIN"


def test_a_route_answers_json(users, http):
    """A path with a route gets its JSON, any other a 404 with a JSON detail."""
    answer = http.get(f"{users.url}/users/7")
    assert (answer.status_code, answer.json()) == (200, USER)
    assert answer.headers["content-type"] == "application/json"
    missing = http.get(f"{users.url}/nothing")
    assert missing.status_code == 404
    assert "/nothing" in missing.json()["detail"]


def test_a_route_may_be_a_function(users, http):
    """A function makes the reply from the call, with what the pattern's names stand for."""
    users.answer("/users/{uid}", lambda call: Status(json={"id": int(call.params["uid"])}))
    assert http.get(f"{users.url}/users/12").json() == {"id": 12}
    assert users.calls[-1].params == {"uid": "12"}


def test_a_function_that_raises_answers_500_and_is_noted(users, http):
    """A mistake in an answer function shows in the call's note and breaks nothing else."""
    users.answer("/users/{uid}", lambda call: Status(json={"id": int(call.params["uid"])}))
    assert http.get(f"{users.url}/users/x").status_code == 500
    assert "ValueError: invalid literal" in users.calls[-1].note
    assert http.get(f"{users.url}/users/12").status_code == 200


def test_what_is_no_reply_is_told(users, http):
    """A dict or a class in place of a reply is refused at once; a function that returns one is noted."""
    for wrong in ({"id": 7}, Status, "503"):
        with pytest.raises(TypeError, match=r"give a reply such as Status\(503\)"):
            users.answer("/x", wrong)
        with pytest.raises(TypeError, match=r"give a reply such as Status\(503\)"):
            users.script(OK, wrong)
    users.fault(lambda call: {"id": 7})
    assert http.get(users.url).status_code == 500
    assert "it returned {'id': 7}, which is no reply" in users.calls[-1].note


def test_a_function_may_change_faults(users, http):
    """Faults can be set from inside an answer function without a deadlock."""

    def break_down(_call):
        users.fail(status=503)
        return Status(202)

    users.answer("/break", break_down)
    assert [http.get(f"{users.url}{path}").status_code for path in ("/break", "/users/7")] == [202, 503]


def test_status_body_and_headers(users, http):
    """A reply can have any status, body and header; ours give way to those given."""
    users.reply(418, body="<h1>teapot</h1>", headers={"content-type": "text/html", "Retry-After": "1"})
    answer = http.get(f"{users.url}/users/7")
    assert (answer.status_code, answer.text) == (418, "<h1>teapot</h1>")
    assert (answer.headers["content-type"], answer.headers["retry-after"]) == ("text/html", "1")


def test_head_and_204_have_no_body(users):
    """Where HTTP forbids a body, none is sent, so that the connection can go on."""
    received, _ = ask(users.port, b"HEAD /users/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert received.endswith(b"\r\n\r\n")
    assert b"Content-Length: %d\r\n" % len(json.dumps(USER, ensure_ascii=False).encode()) in received
    users.reply(204)
    received, _ = ask(users.port)
    assert received.endswith(b"\r\n\r\n")
    assert b"Content-Length" not in received


@pytest.mark.parametrize("how", ["reply", "upstream", "client", "http/1.0"])
def test_the_connection_is_kept_or_closed(how):
    """A connection is kept, unless the reply, the upstream or the client wants it closed."""
    with Upstream(keep_alive=how != "upstream") as users:
        users.answer("/", close=how == "reply")
        version = b"1.0" if how == "http/1.0" else b"1.1"
        wish = b"Connection: close\r\n" if how == "client" else b""
        received, end = ask(users.port, b"GET / HTTP/%s\r\nHost: x\r\n%s\r\n" % (version, wish))
        assert (end, b"Connection: close" in received) == ("FIN", True)


def test_delay(users, http):
    """A delay keeps silent for its time, then answers as usual."""
    users.delay(seconds=0.1)
    assert http.get(f"{users.url}/users/7").json() == USER
    call = users.calls[0]
    assert 0.099 <= call.began_at - call.read_at < 1


@pytest.mark.parametrize(("of", "drops"), [("body", 4), ("head", 10), ("answer", 13)])
def test_drip(users, of, drops):
    """Bytes of the part that drips come a few at a time, and all of them come."""
    users.answer("/users/7", body="0123456789" * 4)
    plain, _ = ask(users.port)
    head = plain.index(b"\r\n\r\n") + 4
    size = {"body": 10, "head": -(-head // 10), "answer": -(-len(plain) // 13)}[of]
    users.drip(size=size, every=0.01, of=of)
    assert ask(users.port) == (plain, "FIN")
    call = users.calls[-1]
    assert call.ended_at - call.began_at >= (drops - 2) * 0.01


@pytest.mark.parametrize(("verb", "end"), [("cut", "FIN"), ("reset", "RST")])
@pytest.mark.parametrize(("after", "of"), [(0, "answer"), (1, "answer"), (20, "answer"), (0, "body"), (5, "body")])
def test_cut_and_reset(users, verb, end, after, of):
    """The connection ends after exactly so many bytes of the answer, by FIN or by RST."""
    plain, _ = ask(users.port)
    head = plain.index(b"\r\n\r\n") + 4
    getattr(users, verb)(after=after, of=of)
    assert ask(users.port) == (plain[: after + (head if of == "body" else 0)], end)
    assert users.calls[-1].ended_at is not None


def test_hang(users, http):
    """A hanging upstream takes the request and never answers; the connection is closed when that ends."""
    with users.hang(), pytest.raises(httpx.ReadTimeout):
        http.get(f"{users.url}/users/7", timeout=0.05)
    with socket.create_connection(("127.0.0.1", users.port), timeout=5) as client:
        with users.hang():
            client.sendall(b"GET /users/7 HTTP/1.1\r\nHost: x\r\n\r\n")
            assert users.wait_for(2)
        assert client.recv(10) == b""


def test_hold(users):
    """What is held is answered when the fault ends."""
    with socket.create_connection(("127.0.0.1", users.port), timeout=5) as client:
        with users.hold() as held:
            client.sendall(b"GET /users/7 HTTP/1.1\r\nHost: x\r\n\r\n")
            assert users.wait_for(1)
            assert users.calls[0].in_flight
            assert held.hits == 1
        assert client.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize("what", ["status", "headers", "chunked"])
def test_garbage_breaks_the_protocol(users, http, what):
    """A client's parser rejects a malformed status line, header or chunk."""
    users.garble(what)
    with pytest.raises(httpx.RemoteProtocolError):
        http.get(f"{users.url}/users/7")


def test_garbage_in_place_of_json(users, http):
    """Sound HTTP that promises JSON and holds none."""
    users.garble("json")
    answer = http.get(f"{users.url}/users/7")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_huge_body_comes_whole(users):
    """A huge body has the size that was asked for."""
    users.flood(size=3_000_001)
    received, _ = ask(users.port)
    assert len(received.partition(b"\r\n\r\n")[2]) == 3_000_001


def test_an_endless_body_ends_with_the_client(users):
    """An endless answer goes on as long as the client reads, waits when it does not, and ends when it leaves."""
    users.flood()
    with socket.create_connection(("127.0.0.1", users.port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        got = 0
        while got < 1_000_000:
            got += len(client.recv(65536))
    assert users.wait_until(lambda users: users.calls[0].hung_up_at is not None)
    assert 900_000 < users.calls[0].sent < 50_000_000


def test_replies_can_be_nested(users):
    """A delay can come before a failure, a cut can follow a drip."""
    users.fault(Delay(0.05, then=Status(503)))
    assert ask(users.port)[0].startswith(b"HTTP/1.1 503")
    assert users.calls[0].began_at - users.calls[0].read_at >= 0.049
    users.recover()
    users.fault(Cut(after=3, of="body", then=Drip(size=1, every=0.001)))
    assert ask(users.port)[0].endswith(b'\r\n\r\n{"i')


def test_a_route_can_hang_for_good(users):
    """A route may have any reply; stopping the upstream ends even one that never answers."""
    users.answer("/slow", Hang())
    with socket.create_connection(("127.0.0.1", users.port), timeout=5) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        assert users.wait_for(1)
        users.stop()
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(10) == b""
    assert "closed" in users.calls[0].note


@pytest.mark.parametrize(
    "make",
    [
        lambda: Status(99),
        lambda: Status(json={}, body="x"),
        lambda: Status(headers={"X": "a\r\nb"}),
        lambda: Delay(-1),
        lambda: Drip(size=0),
        lambda: Drip(every=-1),
        lambda: Cut(after=-1),
        lambda: Reset(after=-1),
        lambda: Malformed("nonsense"),
    ],
)
def test_a_reply_that_cannot_be_sent_is_refused(make):
    """Mistakes show where the reply is made, not in the upstream's thread."""
    with pytest.raises(ValueError, match=r"."):
        make()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Status(503), "answers 503"),
        (Delay(1.5), "waits 1.5 s, then answers as usual"),
        (Drip(2, 0.1, "head", Status(201)), "drips 2 bytes of the head every 0.1 s: answers 201"),
        (Cut(), "closes the connection before the first byte"),
        (Reset(3, "body"), "resets the connection after 3 bytes of the body: answers as usual"),
        (Hang(), "never answers"),
        (Hold(), "holds the answer until released, then answers as usual"),
        (Malformed("json"), "answers with malformed json"),
        (Flood(), "answers without end"),
        (Flood(5), "answers 5 bytes"),
        (OK, "answers as usual"),
    ],
)
def test_a_reply_says_in_words_what_it_does(reply, words):
    """The words appear in timelines that learners read."""
    assert str(reply) == words


def test_delays_are_accurate(users):
    """A delay is off by a few milliseconds at most (the best of some, as the machine may be busy)."""
    users.delay(seconds=0.03)
    for _ in range(5):
        ask(users.port)
    late = min(call.began_at - call.read_at - 0.03 for call in users.calls)
    assert -0.001 <= late < 0.01


def test_keep_alive_answers_are_not_held_up_by_the_network_stack(users, http):
    """Head and body leave at once: no 40 ms of Nagle's algorithm and delayed ACK."""
    http.get(f"{users.url}/users/7")
    took = []
    for _ in range(4):
        begun = time.monotonic()
        http.get(f"{users.url}/users/7")
        took.append(time.monotonic() - begun)
    assert min(took) < 0.03
    assert users.connections.accepted == 1
