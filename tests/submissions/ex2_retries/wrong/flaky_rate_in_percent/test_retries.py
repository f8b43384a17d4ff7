import asyncio
from collections import Counter

import httpx
import pytest
from fastapi import FastAPI, HTTPException

from users_client import fetch_user

hits = Counter()
desk = FastAPI()


@desk.get("/users/{uid}")
async def user(uid: int):
    """User 404 does not exist, user 500 is always broken, user N needs N failures first."""
    hits[uid] += 1
    if uid in (404, 500):
        raise HTTPException(uid)
    if hits[uid] <= uid:
        raise HTTPException(503)
    return {"id": uid, "email": "a@b.c"}


@pytest.fixture(autouse=True)
def _reset():
    hits.clear()


async def ask(uid):
    transport = httpx.ASGITransport(app=desk)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        return await fetch_user(client, uid)


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_recovers_from(failures):
    assert asyncio.run(ask(failures))["id"] == failures
    assert hits[failures] == failures + 1


@pytest.mark.parametrize("uid", [3, 500])
def test_gives_up_on(uid):
    with pytest.raises(httpx.HTTPStatusError):
        asyncio.run(ask(uid))
    assert hits[uid] == 3


def test_unknown_user_is_asked_for_once():
    with pytest.raises(httpx.HTTPStatusError) as info:
        asyncio.run(ask(404))
    assert info.value.response.status_code == 404
    assert hits[404] == 1
