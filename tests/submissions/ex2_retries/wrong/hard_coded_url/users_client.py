"""users_client: asks users-service for a user, and asks again when that can help."""

import os
import httpx
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential

RETRY_WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))  # seconds before the second attempt; before the third it is twice as long


def worth_another_try(error: BaseException) -> bool:
    """Say whether the same question, asked again, may well be answered."""
    if isinstance(error, httpx.TransportError):
        return True
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= 500
    return False


@retry(
    retry=retry_if_exception(worth_another_try),
    stop=stop_after_attempt(3),
    wait=wait_exponential(multiplier=RETRY_WAIT),
    reraise=True,
)
async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    """Ask for one user, up to three times, and raise the last httpx error when nothing helped."""
    response = await client.get(f"http://127.0.0.1:8001/users/{uid}")
    response.raise_for_status()
    return response.json()
