"""Client for users-service with retries (tenacity)."""

import os

import httpx
from tenacity import (
    retry,
    retry_any,
    retry_if_exception,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

RETRY_WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))
MAX_ATTEMPTS = 3


def _is_server_error(exc: BaseException) -> bool:
    return isinstance(exc, httpx.HTTPStatusError) and exc.response.is_server_error


@retry(
    retry=retry_any(retry_if_exception(_is_server_error), retry_if_exception_type(httpx.TransportError)),
    wait=wait_exponential_jitter(multiplier=RETRY_WAIT, jitter=1),
    stop=stop_after_attempt(MAX_ATTEMPTS),
    reraise=True,
)
async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    resp = await client.get(f"/users/{uid}")
    resp.raise_for_status()
    return resp.json()
