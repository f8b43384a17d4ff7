"""users_client: asks users-service for a user, and asks again when that can help."""

import logging
import os

import httpx
from tenacity import before_sleep_log, retry, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

# Seconds before the second attempt; before the third it is twice as long.
RETRY_WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))


def worth_another_try(error: BaseException) -> bool:
    """Say whether the same question, asked again, may well be answered."""
    if isinstance(error, httpx.HTTPStatusError):
        # 5xx: the desk is in trouble, which may pass. 4xx: the question is wrong, and will be wrong again.
        return error.response.status_code >= 500
    # No answer came: refused, broken off or timed out. A mistake of our own, such as a TypeError, is not among them.
    return isinstance(error, httpx.TransportError)


# tenacity sees that the function is async, and waits with asyncio.sleep: other requests go on meanwhile.
@retry(
    retry=retry_if_exception(worth_another_try),
    stop=stop_after_attempt(3),  # the first attempt counts, too
    # 1 x RETRY_WAIT, then 2 x RETRY_WAIT. Stretch goal: a random part on top, so that twenty customers whose
    # calls failed together do not come back together.
    wait=wait_exponential(multiplier=RETRY_WAIT) + wait_random(0, RETRY_WAIT / 2),
    # A retry that nobody sees hides how bad the day is.
    before_sleep=before_sleep_log(logging.getLogger(__name__), logging.WARNING),
    # Without it tenacity wraps the last error in a RetryError of its own, which no caller expects.
    reraise=True,
)
async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    """Ask for one user, up to three times, and raise the last httpx error when nothing helped."""
    response = await client.get(f"/users/{uid}")
    # tenacity looks at exceptions. A 500 that is only returned would never be tried again.
    response.raise_for_status()
    return response.json()
