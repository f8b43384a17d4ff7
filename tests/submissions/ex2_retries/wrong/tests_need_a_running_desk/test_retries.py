import asyncio

import httpx

from users_client import fetch_user


async def ask(uid):
    async with httpx.AsyncClient(base_url="http://127.0.0.1:8001") as client:
        return await fetch_user(client, uid)


def test_user_1():
    # start it first: FAILURE_RATE=0.5 uvicorn flaky_users_service:app --port 8001
    assert asyncio.run(ask(1))["id"] == 1


def test_many_times():
    for _ in range(20):
        assert asyncio.run(ask(2))["email"]
