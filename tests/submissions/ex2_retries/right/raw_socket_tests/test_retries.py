import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest

from users_client import fetch_user

OK = b'{"id": 1, "email": "1@food.court"}'


@asynccontextmanager
async def server(*answers):
    """Answers one connection after the other: a status, or None to hang up."""
    todo = list(answers)

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        status = todo.pop(0)
        if status is not None:
            head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(OK)}\r\nconnection: close\r\n\r\n"
            writer.write(head.encode() + OK)
            await writer.drain()
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield client, todo
    listener.close()


def test_hang_up_then_500_then_ok():
    async def main():
        async with server(None, 500, 200, "left") as (client, todo):
            assert (await fetch_user(client, 1))["email"] == "1@food.court"
            assert todo == ["left"]

    asyncio.run(main())


def test_gives_up_with_the_last_error():
    async def main():
        async with server(None, 500, 503, 200) as (client, todo):
            with pytest.raises(httpx.HTTPStatusError):
                await fetch_user(client, 1)
            assert todo == [200]

    asyncio.run(main())


def test_gives_up_with_a_lost_connection():
    async def main():
        async with server(500, 500, None, 200) as (client, todo):
            with pytest.raises(httpx.TransportError):
                await fetch_user(client, 1)
            assert todo == [200]

    asyncio.run(main())


def test_404():
    async def main():
        async with server(404, 200) as (client, todo):
            with pytest.raises(httpx.HTTPStatusError):
                await fetch_user(client, 1)
            assert todo == [200]

    asyncio.run(main())
