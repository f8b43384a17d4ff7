import httpx
import pytest
import pytest_asyncio

from users_client import fetch_user


class Script(httpx.AsyncBaseTransport):
    def __init__(self):
        self.steps = []
        self.requests = []

    async def handle_async_request(self, request):
        self.requests.append(request)
        step = self.steps.pop(0)
        if isinstance(step, type):
            raise step("boom", request=request)
        return httpx.Response(step, json={"id": 9, "email": "nine@example.net"}, request=request)


@pytest.fixture
def script():
    return Script()


@pytest_asyncio.fixture
async def client(script):
    async with httpx.AsyncClient(transport=script, base_url="http://desk") as client:
        yield client


@pytest.mark.asyncio
async def test_path(script, client):
    script.steps = [200]
    await fetch_user(client, 9)
    assert script.requests[0].url.path == "/users/9"


@pytest.mark.asyncio
async def test_retry_then_success(script, client):
    script.steps = [500, httpx.ConnectError, 200]
    assert (await fetch_user(client, 9))["id"] == 9
    assert not script.steps


@pytest.mark.asyncio
async def test_last_error(script, client):
    script.steps = [httpx.ConnectError, 500, 503]
    with pytest.raises(httpx.HTTPStatusError) as e:
        await fetch_user(client, 9)
    assert e.value.response.status_code == 503


@pytest.mark.asyncio
async def test_404_once(script, client):
    script.steps = [404, 200, 200]
    with pytest.raises(httpx.HTTPStatusError):
        await fetch_user(client, 9)
    assert len(script.steps) == 2
