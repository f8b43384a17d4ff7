"""A real server on a real port, because that is what the client meets in life."""
import asyncio
import threading
import time

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Response

import users_client

plan = []
calls = []
desk = FastAPI()


@desk.get("/users/{uid}")
def user(uid: int, response: Response):
    calls.append(uid)
    response.status_code = plan.pop(0) if plan else 200
    return {"id": uid, "email": "x@y.z"}


@pytest.fixture(scope="module")
def url():
    server = uvicorn.Server(uvicorn.Config(desk, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    yield "http://127.0.0.1:%d" % server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)


@pytest.fixture(autouse=True)
def fresh():
    plan.clear()
    calls.clear()


def get(url, uid=1):
    async def inner():
        async with httpx.AsyncClient(base_url=url, timeout=5, trust_env=False) as client:
            return await users_client.fetch_user(client, uid)

    return asyncio.run(inner())


def test_fine(url):
    assert get(url)["id"] == 1
    assert calls == [1]


def test_two_failures(url):
    plan[:] = [500, 500]
    assert get(url)["email"] == "x@y.z"
    assert calls == [1, 1, 1]


def test_three_failures(url):
    plan[:] = [500, 500, 503, 200]
    with pytest.raises(httpx.HTTPStatusError, match="503"):
        get(url)
    assert len(calls) == 3


