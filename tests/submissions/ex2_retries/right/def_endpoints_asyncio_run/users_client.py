import os

import httpx
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

base = float(os.environ.get("RETRY_WAIT", "1"))


def retryable(e):
    return isinstance(e, httpx.TransportError) or (
        isinstance(e, httpx.HTTPStatusError) and e.response.status_code >= 500
    )


@retry(
    retry=retry_if_exception(retryable),
    stop=stop_after_attempt(3),
    wait=wait_exponential(multiplier=base, min=base) + wait_random(0, base),
    reraise=True,
)
async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    answer = await client.get(f"/users/{uid}")
    if answer.is_error:
        raise httpx.HTTPStatusError("bad status", request=answer.request, response=answer)
    return answer.json()
