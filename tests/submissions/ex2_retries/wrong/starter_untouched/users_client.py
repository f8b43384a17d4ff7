"""users_client: asks users-service for a user, and asks again when that can help.

Finish flaky_users_service.py first, then work through the TODOs in order, 5 to 8, and go on in orders_service.py.
"""

import httpx

# TODO 5: Import os, and read RETRY_WAIT from the environment as a float. The 1.0 stays as what it is when nobody
#         sets it.
RETRY_WAIT = 1.0  # seconds before the second attempt; before the third it is twice as long


def worth_another_try(error: BaseException) -> bool:
    """Say whether the same question, asked again, may well be answered."""
    # TODO 6: Return True for every httpx.TransportError (refused, broken off, timed out), and for an
    #         httpx.HTTPStatusError whose error.response.status_code is 500 or more. Return False for all else:
    #         a user that does not exist will not exist in a second either.
    raise NotImplementedError("TODO 6 in users_client.py: say which errors are worth another try")


async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    """Ask for one user, up to three times, and raise the last httpx error when nothing helped."""
    # TODO 7: First without retries: await client.get for the path /users/{uid} (the client knows the rest of the
    #         URL), call raise_for_status() on the response, so that an error status becomes an exception, and
    #         return the JSON.
    # TODO 8: Now the retries. Import what you need from tenacity, and put @retry(…) above this function: with
    #         retry=retry_if_exception(worth_another_try), a stop, a wait that grows from RETRY_WAIT, and
    #         reraise=True.
    raise NotImplementedError("TODO 7 and 8 in users_client.py: ask users-service for the user, up to three times")
