"""Tests of users_client: does it ask again when that can help, and only then?"""

import asyncio

import httpx
import pytest
from users_client import fetch_user

ADA = {"id": 1, "email": "ada@example.com"}


class Desk:
    """A membership desk inside the test, without network: it answers as it was told, and counts how often."""

    def __init__(self, *answers):
        self.answers = answers  # one for each attempt: a status such as 500, or an httpx error; the last one stays
        self.asked = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer, json=ADA)

    def fetch(self) -> dict:
        """Call fetch_user with a client whose requests all end at this desk, and return what it returns."""

        async def call():
            transport = httpx.MockTransport(self.answer)
            async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
                return await fetch_user(client, 1)

        return asyncio.run(call())


def test_asks_again_until_it_works():
    desk = Desk(500, 503, 200)
    assert desk.fetch() == ADA
    # The count is what shows a retry. A client that gives up too early fails in the line above already.
    assert desk.asked == 3


def test_gives_up_after_three_attempts():
    desk = Desk(500)
    # A client that returns None instead of raising is caught here, and so is one that raises a RetryError.
    with pytest.raises(httpx.HTTPStatusError):
        desk.fetch()
    assert desk.asked == 3


def test_asks_once_for_a_user_that_does_not_exist():
    desk = Desk(404)
    with pytest.raises(httpx.HTTPStatusError):
        desk.fetch()
    assert desk.asked == 1


def test_asks_again_when_the_connection_fails():
    desk = Desk(httpx.ConnectError("refused"), httpx.ReadTimeout("too slow"), 200)
    assert desk.fetch() == ADA
