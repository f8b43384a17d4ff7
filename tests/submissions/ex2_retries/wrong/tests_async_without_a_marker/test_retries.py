import httpx

from users_client import fetch_user


async def test_retries():
    statuses = iter([500, 500, 200])
    transport = httpx.MockTransport(lambda request: httpx.Response(next(statuses), json={"id": 1, "email": "a@b.c"}))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await fetch_user(client, 1))["id"] == 1
