import logging
import os

import httpx
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_chain, wait_fixed

logger = logging.getLogger("users_client")


def read_wait():
    return float(os.environ.get("RETRY_WAIT", "1.0"))


def retry_this(exc):
    if isinstance(exc, httpx.HTTPStatusError):
        return exc.response.status_code > 499
    if isinstance(exc, httpx.TransportError):
        return True
    return False


async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    retrying = AsyncRetrying(
        stop=stop_after_attempt(3),
        wait=wait_chain(*(wait_fixed(read_wait() * 2**n) for n in range(3))),
        retry=retry_if_exception(retry_this),
        reraise=True,
    )
    user = None
    async for attempt in retrying:
        with attempt:
            number = attempt.retry_state.attempt_number
            if number > 1:
                logger.warning("user %s: attempt %s", uid, number)
            response = await client.get(f"/users/{uid}")
            response.raise_for_status()
            user = response.json()
        if not attempt.retry_state.outcome.failed:
            attempt.retry_state.set_result(user)
    logger.info("%s", retrying.statistics)
    return user
