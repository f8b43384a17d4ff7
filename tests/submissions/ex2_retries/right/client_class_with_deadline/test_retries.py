import asyncio
import os
import time

import httpx
import pytest

import users_client

WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))
GUEST = {"id": 4, "email": "guest-4@example.com"}


def attempts(outcomes):
    """Run fetch_user against the outcomes; give its result or its error, and when each request arrived."""
    arrived = []

    async def desk(request: httpx.Request):
        outcome = outcomes[len(arrived)]
        arrived.append(time.monotonic())
        if outcome == "hang":
            raise httpx.ReadTimeout("hangs", request=request)
        return httpx.Response(outcome, json=GUEST)

    async def main():
        async with httpx.AsyncClient(transport=httpx.MockTransport(desk), base_url="http://d", timeout=1) as client:
            return await users_client.fetch_user(client, 4)

    try:
        return asyncio.run(main()), arrived
    except (httpx.HTTPError, TypeError, AttributeError) as error:
        return error, arrived


def test_three_attempts_and_a_user():
    result, arrived = attempts(["hang", 500, 200, 200])
    assert result == GUEST
    assert len(arrived) == 3


def test_three_attempts_and_an_error():
    result, arrived = attempts([500, "hang", 500, 200])
    assert isinstance(result, httpx.HTTPStatusError)
    assert len(arrived) == 3


def test_timeouts_come_out_as_timeouts():
    result, arrived = attempts(["hang", "hang", "hang", 200])
    assert isinstance(result, httpx.TimeoutException)


def test_client_errors_come_out_at_once():
    start = time.monotonic()
    for status in (400, 404, 410):
        result, arrived = attempts([status, 200, 200])
        assert isinstance(result, httpx.HTTPStatusError) and result.response.status_code == status
        assert len(arrived) == 1
    assert time.monotonic() - start < 5


def test_it_does_not_wait_for_ever():
    _, arrived = attempts([500, 500, 200])
    assert arrived[-1] - arrived[0] < 10 * WAIT + 5
