"""Exercise 1 checked the way a teacher would by hand: plain pytest, subprocess and httpx, nothing of ours.

It does the same required checks as `foodcourt check ex1`, and is what `make bench` compares that with. Every service
is started in an interpreter of its own, once for each setting that the checks need, and waited for by polling.

    SUBMISSION=solutions/ex1_two_services pytest tests/bench/handwritten_ex1.py
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

client = httpx.Client(timeout=5)  # one for all: building a client takes longer than a request
FOLDER = Path(os.environ.get("SUBMISSION", "solutions/ex1_two_services")).resolve()
TIMEOUT = 0.25


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Users(BaseHTTPRequestHandler):
    """A users-service that does what `mode` says."""

    mode = "ok"
    email = "ada@example.org"
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: in two, each answer waits 40 ms for an acknowledgement

    def do_GET(self) -> None:
        mode = type(self).mode
        uid = int(self.path.rsplit("/", 1)[1])
        status, body = 200, f'{{"id": {uid}, "email": "{type(self).email}"}}'
        if mode == "hang":
            time.sleep(TIMEOUT * 2)
        elif mode == "slow":
            time.sleep(0.3)
        elif mode == "drop":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        elif mode.isdigit():
            status = int(mode)
        elif mode == "html":
            body = "<h1>hello</h1>"
        elif mode == "no_user":
            body = '{"name": "Ada"}'
        if uid > 1_000_000:
            status, body = 404, '{"detail": "no such user"}'
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


def uvicorn(app: str, **env: str):
    port = free_port()
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "uvicorn"), f"{app}:app", "--port", str(port)],
        cwd=FOLDER,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(500):
            assert process.poll() is None, "the service ended"
            try:
                client.get(f"{url}/health", timeout=1)
                break
            except httpx.TransportError:
                time.sleep(0.02)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def users():
    yield from uvicorn("users_service")


@pytest.fixture(scope="session")
def upstream():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Users)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def orders(upstream):
    yield from uvicorn("orders_service", USERS_URL=upstream, USERS_TIMEOUT="5")


@pytest.fixture(scope="session")
def impatient(upstream):
    yield from uvicorn("orders_service", USERS_URL=upstream, USERS_TIMEOUT=str(TIMEOUT))


@pytest.fixture(scope="session")
def orphaned():
    yield from uvicorn("orders_service", USERS_URL=f"http://127.0.0.1:{free_port()}", USERS_TIMEOUT="5")


@pytest.fixture(autouse=True)
def well_again():
    Users.mode = "ok"


def create(url, uid=None, item="taco", timeout=5.0):
    uid = random.randrange(100, 900_000) if uid is None else uid
    return client.post(f"{url}/orders", json={"user_id": uid, "item": item}, timeout=timeout)


def test_users_health(users):
    answer = client.get(f"{users}/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


def test_users_get(users):
    for uid in (1, 2, 3):
        user = client.get(f"{users}/users/{uid}").json()
        assert user["id"] == uid
        assert isinstance(user["email"], str)


def test_users_unknown(users):
    answer = client.get(f"{users}/users/{random.randrange(1_000_001, 2_000_000)}")
    assert answer.status_code == 404
    assert "detail" in answer.json()


def test_users_invalid(users):
    for uid in ("ada", "1.5"):
        assert client.get(f"{users}/users/{uid}").status_code == 422


def test_orders_health(orders, orphaned):
    assert client.get(f"{orders}/health").status_code == 200
    assert client.get(f"{orphaned}/health").status_code == 200


def test_orders_create(orders):
    ids = set()
    for _ in range(3):
        uid = random.randrange(100, 900_000)
        answer = create(orders, uid)
        assert answer.status_code == 201
        order = answer.json()
        assert order["item"] == "taco"
        assert order["user"] == {"id": uid, "email": Users.email}
        ids.add(order["id"])
    assert len(ids) == 3


def test_orders_get(orders):
    order = create(orders).json()
    assert client.get(f"{orders}/orders/{order['id']}").json() == order
    Users.email = "moved@example.org"
    assert client.get(f"{orders}/orders/{order['id']}").json()["user"]["email"] == Users.email


def test_orders_invalid(orders):
    for body in ({"item": "taco"}, {"user_id": 1}, {"user_id": "ada", "item": "taco"}, ["taco"]):
        assert client.post(f"{orders}/orders", json=body).status_code == 422
    assert client.post(f"{orders}/orders", content=b"{not json").status_code == 422


def test_orders_unknown_user(orders):
    before = create(orders).json()["id"]
    answer = create(orders, random.randrange(1_000_001, 2_000_000))
    assert answer.status_code == 404
    assert "detail" in answer.json()
    after = create(orders).json()["id"]
    for oid in range(before + 1, after):
        assert client.get(f"{orders}/orders/{oid}").status_code == 404


def test_orders_unknown_order(orders):
    assert client.get(f"{orders}/orders/{random.randrange(1_000_001, 2_000_000)}").status_code == 404


def test_orders_timeout(impatient):
    order = create(impatient).json()["id"]
    Users.mode = "hang"
    for ask in (lambda: create(impatient), lambda: client.get(f"{impatient}/orders/{order}")):
        began = time.monotonic()
        assert ask().status_code == 504
        assert time.monotonic() - began < TIMEOUT + 0.5


def test_orders_unreachable(orders, orphaned):
    assert create(orphaned).status_code == 503
    order = create(orders).json()["id"]
    Users.mode = "drop"
    assert create(orders).status_code in (502, 503)
    assert client.get(f"{orders}/orders/{order}").status_code in (502, 503)


def test_orders_bad_upstream(orders):
    order = create(orders).json()["id"]
    for mode in ("500", "503", "403", "html", "no_user"):
        Users.mode = mode
        assert create(orders).status_code == 502
        assert client.get(f"{orders}/orders/{order}").status_code == 502


def test_orders_concurrent(orders):
    Users.mode = "slow"
    began = time.monotonic()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: create(orders, timeout=10), range(20)))
    assert time.monotonic() - began < 3
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 20
