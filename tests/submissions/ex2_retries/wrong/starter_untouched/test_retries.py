"""Tests of users_client: does it ask again when that can help, and only then?

Finish the other three files first, then work through the TODOs in order, 13 to 16. Run the tests with:

    RETRY_WAIT=0.05 pytest test_retries.py
"""

import asyncio

import httpx
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
    # TODO 13: Make a Desk that answers 500, then 503, then 200. Assert that fetch() returns ADA, and that the desk
    #          was asked three times.
    raise NotImplementedError("TODO 13 in test_retries.py: two failures, then an answer")


def test_gives_up_after_three_attempts():
    # TODO 14: Make a Desk that always answers 500. Import pytest at the top, and call fetch() inside
    #          "with pytest.raises(httpx.HTTPStatusError):", which fails when no such error comes out. Assert that
    #          the desk was asked three times, no more.
    raise NotImplementedError("TODO 14 in test_retries.py: nothing but failures")


def test_asks_once_for_a_user_that_does_not_exist():
    # TODO 15: Make a Desk that always answers 404. Assert that fetch() raises httpx.HTTPStatusError, and that the
    #          desk was asked once.
    raise NotImplementedError("TODO 15 in test_retries.py: an error that no second attempt can mend")


def test_asks_again_when_the_connection_fails():
    # TODO 16: A Desk can also raise: let it answer httpx.ConnectError("refused"), then httpx.ReadTimeout("too slow"),
    #          then 200. Assert that fetch() returns ADA in the end.
    raise NotImplementedError("TODO 16 in test_retries.py: no answer at all, twice, then an answer")
