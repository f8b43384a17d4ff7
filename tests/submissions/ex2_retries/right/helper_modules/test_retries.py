import asyncio

import httpx
import pytest
from testing.desks import FakeDesk

import users_client

KIM = {"id": 3, "email": "kim@example.com"}


@pytest.fixture
def desk():
    return FakeDesk()


@pytest.fixture
def fetch(desk):
    """fetch_user as an ordinary function that asks the fake desk."""

    def sync(uid=3):
        async def main():
            async with httpx.AsyncClient(transport=httpx.MockTransport(desk), base_url="https://desk/") as client:
                return await users_client.fetch_user(client, uid)

        return asyncio.run(main())

    return sync


@pytest.mark.parametrize("failures", [[], [500], [503, 500], [httpx.ConnectError("no"), 500], [httpx.ReadTimeout("")] * 2])
def test_up_to_two_failures_are_survived(desk, fetch, failures):
    desk.then(*failures, KIM)
    assert fetch() == KIM
    assert desk.seen == ["/users/3"] * (len(failures) + 1)


def test_the_third_is_one_too_many(desk, fetch):
    desk.then(500, 500, 599, KIM)
    with pytest.raises(httpx.HTTPStatusError) as info:
        fetch()
    assert info.value.response.status_code == 599
    assert list(desk.plan) == [KIM]


@pytest.mark.parametrize("status", [400, 404, 418])
def test_our_own_fault(desk, fetch, status):
    desk.then(status, KIM)
    with pytest.raises(httpx.HTTPStatusError):
        fetch()
    assert list(desk.plan) == [KIM]


def test_transport_error_comes_out(desk, fetch):
    desk.then(*[httpx.RemoteProtocolError("cut")] * 3)
    with pytest.raises(httpx.RemoteProtocolError):
        fetch()
