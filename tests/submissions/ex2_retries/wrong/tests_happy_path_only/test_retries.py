import asyncio

import httpx

from users_client import fetch_user


def handler(request):
    return httpx.Response(200, json={"id": 1, "email": "ada@example.com"})


async def call(uid):
    async with httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://test") as client:
        return await fetch_user(client, uid)


def test_user():
    user = asyncio.run(call(1))
    assert user["id"] == 1
    assert user["email"] == "ada@example.com"


def test_user_is_a_dict():
    assert isinstance(asyncio.run(call(1)), dict)
