import httpx
import pytest
from users_client import fetch_user

pytestmark = pytest.mark.anyio

@pytest.fixture
def anyio_backend():
    return 'asyncio'

@pytest.fixture
def log():
    return []

@pytest.fixture
def make_client(log):
    def make(*statuses):
        statuses = iter(statuses)
        async def handler(request):
            log.append(str(request.url))
            status = next(statuses)
            if status is None:
                raise httpx.ReadError('gone')
            return httpx.Response(status, json={'id': 3, 'email': 'e@f.de'})
        return httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url='http://u')
    return make

async def test_recovers(make_client, log):
    async with make_client(500, 500, 200) as client:
        assert await fetch_user(client, 3) == {'id': 3, 'email': 'e@f.de'}
    assert log == ['http://u/users/3'] * 3

async def test_recovers_from_lost_connections(make_client, log):
    async with make_client(None, None, 200) as client:
        assert (await fetch_user(client, 3))['id'] == 3

async def test_gives_up(make_client, log):
    async with make_client(500, 500, 500, 200) as client:
        with pytest.raises(httpx.HTTPStatusError):
            await fetch_user(client, 3)
    assert len(log) == 3

async def test_404(make_client, log):
    async with make_client(404, 200) as client:
        with pytest.raises(httpx.HTTPStatusError):
            await fetch_user(client, 3)
    assert len(log) == 1
