"""Exercise 2 checked the way a teacher would by hand: plain pytest, subprocess and httpx, nothing of ours.

It does the same required checks as `foodcourt check ex2`, and is what `make bench` compares that with. Every service
is started in an interpreter of its own, once for each setting that the checks need, and waited for by polling; so is
every run of the learner's tests.

    SUBMISSION=solutions/ex2_retries pytest tests/bench/handwritten_ex2.py
"""

from __future__ import annotations

import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
import pytest

client = httpx.Client(timeout=15)  # one for all: building a client takes longer than a request
FOLDER = Path(os.environ.get("SUBMISSION", "solutions/ex2_retries")).resolve()
BIN = Path(sys.executable).parent
TIMEOUT = 0.3
WAIT = 0.15


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Server(ThreadingHTTPServer):
    request_queue_size = 100  # 20 customers at once


class Users(BaseHTTPRequestHandler):
    """A users-service that does for each user what `plans` says, one step a call, and notes when each was there."""

    plans: ClassVar[dict[int, list[str]]] = {}
    calls: ClassVar[dict[int, list[list[float]]]] = {}
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: in two, each answer waits 40 ms for an acknowledgement

    def do_GET(self) -> None:
        call = [time.monotonic()]
        uid = int(self.path.rsplit("/", 1)[1])
        plan = self.plans.get(uid)
        step = plan.pop(0) if plan else "200"
        self.calls.setdefault(uid, []).append(call)
        if step == "hang":
            time.sleep(TIMEOUT * 1.5)
        call.append(time.monotonic())
        if step in ("hang", "drop"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = f'{{"id": {uid}, "email": "guest{uid}@example.org"}}'.encode()
        self.send_response(int(step))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def uvicorn(app: str, **env: str):
    port = free_port()
    process = subprocess.Popen(
        [str(BIN / "uvicorn"), f"{app}:app", "--port", str(port)],
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
def never():
    yield from uvicorn("flaky_users_service", FAILURE_RATE="0")


@pytest.fixture(scope="session")
def always():
    yield from uvicorn("flaky_users_service", FAILURE_RATE="1")


@pytest.fixture(scope="session")
def sometimes():
    yield from uvicorn("flaky_users_service", FAILURE_RATE="0.5")


@pytest.fixture(scope="session")
def upstream():
    server = Server(("127.0.0.1", 0), Users)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def orders(upstream):
    yield from uvicorn("orders_service", USERS_URL=upstream, USERS_TIMEOUT="5", RETRY_WAIT=str(WAIT))


@pytest.fixture(scope="session")
def impatient(upstream):
    yield from uvicorn("orders_service", USERS_URL=upstream, USERS_TIMEOUT=str(TIMEOUT), RETRY_WAIT=str(WAIT))


@pytest.fixture(scope="session")
def orphaned_port():
    return free_port()


@pytest.fixture(scope="session")
def orphaned(orphaned_port):
    url = f"http://127.0.0.1:{orphaned_port}"
    yield from uvicorn("orders_service", USERS_URL=url, USERS_TIMEOUT="5", RETRY_WAIT=str(WAIT))


def someone(*plan: str) -> int:
    uid = random.randrange(100, 900_000)
    Users.plans[uid] = list(plan)
    Users.calls[uid] = []
    return uid


def create(url: str, uid: int) -> httpx.Response:
    return client.post(f"{url}/orders", json={"user_id": uid, "item": "taco"})


def post_and_get(url: str, post: list[str], get: list[str]) -> list[tuple[httpx.Response, int]]:
    """Ask with POST and with GET, the calls for their users going as planned; answers and numbers of attempts."""
    new, known = someone(*post), someone()
    order = create(url, known).json()["id"]
    Users.plans[known], Users.calls[known] = list(get), []
    posted = create(url, new)
    got = client.get(f"{url}/orders/{order}")
    return [(posted, len(Users.calls[new])), (got, len(Users.calls[known]))]


def test_flaky_health(always):
    for _ in range(5):
        answer = client.get(f"{always}/health")
        assert answer.status_code == 200
        assert answer.json()["status"] == "ok"


def test_flaky_never(never):
    for uid in (1, 2, 3) * 10:
        user = client.get(f"{never}/users/{uid}").json()
        assert user["id"] == uid
        assert isinstance(user["email"], str)
    assert "detail" in client.get(f"{never}/users/{random.randrange(1_000_001, 2_000_000)}").json()
    assert client.get(f"{never}/users/ada").status_code == 422


def test_flaky_always(always):
    for uid in (1, 2, 3) * 4:
        assert client.get(f"{always}/users/{uid}").status_code == 500


def test_flaky_sometimes(sometimes):
    dropped = [client.get(f"{sometimes}/users/{number % 3 + 1}").status_code == 500 for number in range(200)]
    assert 64 <= sum(dropped) <= 136
    assert dropped != [dropped[0], dropped[1]] * 100, "in turn"


def test_retry_recovers(orders):
    (posted, attempts), (got, again) = post_and_get(orders, ["500"] * 2, ["503"] * 2)
    assert (posted.status_code, attempts) == (201, 3)
    assert (got.status_code, again) == (200, 3)


def test_retry_gives_up(orders):
    for answer, attempts in post_and_get(orders, ["500"] * 10, ["503"] * 10):
        assert (answer.status_code, attempts) == (502, 3)


def test_retry_no_retry_4xx(orders):
    for status, expected in (("404", 404), ("403", 502), ("499", 502)):
        for answer, attempts in post_and_get(orders, [status] * 10, [status] * 10):
            assert (answer.status_code, attempts) == (expected, 1)


def test_retry_connection_errors(orders, orphaned, orphaned_port):
    (posted, attempts), (got, again) = post_and_get(orders, ["drop"] * 2, ["drop"] * 10)
    assert (posted.status_code, attempts) == (201, 3)
    assert got.status_code in (502, 503)
    assert again == 3
    assert create(orphaned, someone()).status_code == 503
    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(create, orphaned, someone()) for _ in range(8)]
        time.sleep(WAIT / 3)
        server = Server(("127.0.0.1", orphaned_port), Users)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert sum(future.result().status_code == 201 for future in futures) >= 4
    server.shutdown()


def test_retry_timeouts(impatient):
    for answer, attempts in post_and_get(impatient, ["hang"] * 10, ["hang"] * 10):
        assert (answer.status_code, attempts) == (504, 3)
        assert answer.elapsed.total_seconds() < 3 * (TIMEOUT + 0.5) + 6 * WAIT


def test_retry_backoff(orders):
    first, second = [], []
    users = [someone("500", "500") for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        assert {answer.status_code for answer in pool.map(lambda uid: create(orders, uid), users)} == {201}
    for uid in users:
        one, two, three = Users.calls[uid]
        first.append(two[0] - one[1])
        second.append(three[0] - two[1])
    assert statistics.fmean(first) > WAIT / 8
    assert statistics.fmean(first) + statistics.fmean(second) < 2
    assert statistics.fmean(second) > statistics.fmean(first) + WAIT / 5


def test_retry_non_blocking(orders):
    uid = someone("500", "500")
    with ThreadPoolExecutor(1) as pool:
        order = pool.submit(create, orders, uid)
        while not Users.calls[uid] or len(Users.calls[uid][0]) < 2:
            time.sleep(0.002)
        assert client.get(f"{orders}/health").status_code == 200
        assert len(Users.calls[uid]) == 1
        order.result()


CLIENT = """
import os

import httpx
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential

RETRY_WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))


def worth_another_try(error):
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= 500
    return isinstance(error, httpx.TransportError)


@retry(
    retry=retry_if_exception(worth_another_try),
    stop=stop_after_attempt(3),
    wait=wait_exponential(multiplier=RETRY_WAIT),
    reraise=True,
)
async def fetch_user(client, uid):
    response = await client.get(f"/users/{uid}")
    response.raise_for_status()
    return response.json()
"""
WRONG = {
    "never tries again": ("stop_after_attempt(3)", "stop_after_attempt(1)"),
    "gives up after the first retry": ("stop_after_attempt(3)", "stop_after_attempt(2)"),
    "tries again after every 4xx": (">= 500", ">= 400"),
    "returns None in the end": ("reraise=True", "retry_error_callback=lambda state: None"),
}


def learners_tests(folder: Path, source: str) -> int:
    """Run the learner's tests with this users_client.py; pytest's exit status (0: passed, 1: a test failed)."""
    for path in FOLDER.glob("*.py"):
        if path.name not in ("users_client.py", "orders_service.py", "flaky_users_service.py", "conftest.py"):
            shutil.copy(path, folder)
    (folder / "users_client.py").write_text(source)
    command = [str(BIN / "pytest"), "test_retries.py", "-q", "--noconftest", "-pno:cacheprovider"]
    plugins = ["-ppytest_asyncio.plugin", "-panyio.pytest_plugin", "-prespx.plugin"]
    command += ["--config-file=/dev/null", "--rootdir=.", *plugins]
    env = {**os.environ, "RETRY_WAIT": "0.05", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=60).returncode


def test_tests_pass_right(tmp_path):
    assert learners_tests(tmp_path, CLIENT) == 0


@pytest.mark.parametrize("mistake", WRONG)
def test_tests_catch_wrong(tmp_path, mistake):
    assert learners_tests(tmp_path, CLIENT.replace(*WRONG[mistake])) == 1
