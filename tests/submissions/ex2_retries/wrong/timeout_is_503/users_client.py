from __future__ import annotations

import logging
import os
from typing import Any

import httpx
from tenacity import before_sleep_log, retry, retry_if_exception, stop_after_attempt, wait_random_exponential

log = logging.getLogger("uvicorn.error")


def is_hopeless(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return not error.response.is_server_error
    return not isinstance(error, httpx.TransportError)


@retry(
    reraise=True,
    stop=stop_after_attempt(3),
    wait=wait_random_exponential(multiplier=float(os.environ.get("RETRY_WAIT", "1.0")), max=60),
    retry=retry_if_exception(lambda error: not is_hopeless(error)),
    before_sleep=before_sleep_log(log, logging.INFO),
)
async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict[str, Any]:
    response = await client.get(f"/users/{uid}", headers={"accept": "application/json"})
    response.raise_for_status()
    return response.json()
