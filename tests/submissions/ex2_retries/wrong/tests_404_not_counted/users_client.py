import os
from datetime import timedelta

import httpx
from tenacity import (
    retry,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    wait_chain,
    wait_fixed,
)

RETRY_WAIT = timedelta(seconds=float(os.environ.get("RETRY_WAIT", "1.0")))


class DeskInTrouble(httpx.HTTPStatusError):
    """A 5xx: may be gone the next time."""


@retry(
    retry=retry_if_exception_type((DeskInTrouble, httpx.TransportError)),
    wait=wait_chain(wait_fixed(RETRY_WAIT), wait_fixed(2 * RETRY_WAIT)),
    stop=stop_after_attempt(3) | stop_after_delay(timedelta(minutes=2)),
    reraise=True,
)
async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    response = await client.get(f"users/{uid}")
    if response.status_code >= 500:
        raise DeskInTrouble(f"desk says {response.status_code}", request=response.request, response=response)
    response.raise_for_status()
    return response.json()
