import os

import httpx
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

RETRY_WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))


def worth_another_try(error):
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= 500
    return isinstance(error, httpx.TransportError)


async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    for attempt in Retrying(
        retry=retry_if_exception(worth_another_try),
        stop=stop_after_attempt(3),
        wait=wait_exponential(multiplier=RETRY_WAIT),
        reraise=True,
    ):
        with attempt:
            response = await client.get(f"/users/{uid}")
            response.raise_for_status()
    return response.json()
