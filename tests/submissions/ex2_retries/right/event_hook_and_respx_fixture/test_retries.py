import httpx
import pytest
import respx

import users_client

BASE_URL = "https://users.test"


@pytest.fixture
def desk():
    with respx.mock(base_url=BASE_URL) as router:
        yield router


@pytest.mark.asyncio
class TestFetchUser:
    async def fetch(self, uid):
        async with httpx.AsyncClient(base_url=BASE_URL) as client:
            return await users_client.fetch_user(client, uid)

    async def test_success(self, desk):
        route = desk.get("/users/1").respond(json={"id": 1, "email": "a@b.c"})
        assert await self.fetch(1) == {"id": 1, "email": "a@b.c"}
        assert route.call_count == 1

    async def test_recovers(self, desk):
        route = desk.get("/users/1")
        route.side_effect = [httpx.ConnectTimeout, httpx.Response(500), httpx.Response(200, json={"id": 1})]
        assert await self.fetch(1) == {"id": 1}

    async def test_gives_up(self, desk):
        route = desk.get("/users/1").respond(500)
        with pytest.raises(httpx.HTTPStatusError):
            await self.fetch(1)
        assert route.call_count == 3

    async def test_not_found(self, desk):
        route = desk.get("/users/1").respond(404)
        with pytest.raises(httpx.HTTPStatusError):
            await self.fetch(1)
        assert route.call_count == 1
