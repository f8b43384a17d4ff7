import asyncio

import httpx
import pytest
import respx

from users_client import fetch_user

USER = {"id": 5, "email": "eve@foodcourt.test"}


def fetch(uid):
    async def go():
        async with httpx.AsyncClient(base_url="http://users") as client:
            return await fetch_user(client, uid)

    return asyncio.run(go())


@respx.mock
def test_third_time_lucky():
    route = respx.get("http://users/users/5")
    route.side_effect = [httpx.Response(500), httpx.Response(502), httpx.Response(200, json=USER)]
    assert fetch(5) == USER
    assert route.call_count == 3


@respx.mock
def test_three_strikes():
    route = respx.get("http://users/users/5").respond(503)
    with pytest.raises(httpx.HTTPStatusError) as caught:
        fetch(5)
    assert caught.value.response.status_code == 503
    assert route.call_count == 3


@respx.mock
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_no_second_question(status):
    route = respx.get("http://users/users/6").respond(status)
    with pytest.raises(httpx.HTTPStatusError):
        fetch(6)
    assert route.call_count == 1


@respx.mock
@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_network_down(error):
    route = respx.get("http://users/users/7").mock(side_effect=error)
    with pytest.raises(error):
        fetch(7)
    assert route.call_count == 3
