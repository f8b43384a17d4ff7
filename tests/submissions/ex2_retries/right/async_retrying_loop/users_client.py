import os

import httpx
from tenacity import AsyncRetrying, RetryError, retry_if_exception_type, stop_after_attempt, wait_random_exponential


class ServerSaysNo(Exception):
    def __init__(self, error):
        self.error = error


def base():
    return float(os.environ.get("RETRY_WAIT", "1.0"))


async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    try:
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(3),
            wait=wait_random_exponential(multiplier=base()),
            retry=retry_if_exception_type((ServerSaysNo, httpx.TransportError)),
        ):
            with attempt:
                response = await client.get(f"/users/{uid}")
                try:
                    response.raise_for_status()
                except httpx.HTTPStatusError as error:
                    if response.is_server_error:
                        raise ServerSaysNo(error) from error
                    raise
                return response.json()
    except RetryError as failed:
        last = failed.last_attempt.exception()
        if isinstance(last, ServerSaysNo):
            raise last.error from None
        raise last from None
