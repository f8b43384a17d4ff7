import functools
import inspect

import anyio
import httpx
import pytest

from users_client import fetch_user


def sync(coroutine_function):
    @functools.wraps(coroutine_function)
    def wrapper(*args, **kwargs):
        anyio.run(functools.partial(coroutine_function, *args, **kwargs))

    wrapper.__signature__ = inspect.signature(coroutine_function)
    return wrapper


class CountingTransport(httpx.MockTransport):
    def __init__(self, *statuses):
        self.statuses = statuses
        self.count = 0
        super().__init__(self.reply)

    def reply(self, request):
        status = self.statuses[self.count]
        self.count += 1
        return httpx.Response(status, json={"id": int(request.url.path.rsplit("/")[-1]), "email": "z@z.z"})


def client_for(transport):
    return httpx.AsyncClient(transport=transport, base_url="http://u/")


@sync
async def test_500_500_200():
    t = CountingTransport(500, 500, 200)
    async with client_for(t) as c:
        assert (await fetch_user(c, 12))["id"] == 12
    assert t.count == 3


@sync
async def test_500_500_500():
    t = CountingTransport(500, 500, 500, 200)
    async with client_for(t) as c:
        with pytest.raises(httpx.HTTPStatusError):
            await fetch_user(c, 12)
    assert t.count == 3


@pytest.mark.parametrize("code", range(400, 430, 4))
@sync
async def test_4xx(code):
    t = CountingTransport(code, 200)
    async with client_for(t) as c:
        with pytest.raises(httpx.HTTPStatusError):
            await fetch_user(c, 12)
    assert t.count == 1
