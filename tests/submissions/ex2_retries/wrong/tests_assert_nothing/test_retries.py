import asyncio

import httpx

from users_client import fetch_user


def run(status):
    transport = httpx.MockTransport(lambda request: httpx.Response(status, json={"id": 1, "email": "a@b.c"}))

    async def main():
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            try:
                print(await fetch_user(client, 1))
            except Exception as error:
                print("failed as expected:", error)

    asyncio.run(main())


def test_ok():
    run(200)


def test_server_error():
    run(500)


def test_not_found():
    run(404)
