import os
import random

import httpx
import tenacity
from tenacity.wait import wait_base

BASE = float(os.environ.get("RETRY_WAIT", "1.0"))


class EqualJitter(wait_base):
    """Half of the exponential wait is fixed, half is random."""

    def __init__(self, base):
        self.base = base

    def __call__(self, retry_state):
        whole = self.base * 2 ** (retry_state.attempt_number - 1)
        return whole / 2 + random.uniform(0, whole / 2)


again = tenacity.retry_if_exception_type(httpx.TransportError) | tenacity.retry_if_exception(
    lambda e: isinstance(e, httpx.HTTPStatusError) and str(e.response.status_code).startswith("5")
)


@tenacity.retry(stop=tenacity.stop_after_attempt(3), retry=again, wait=EqualJitter(BASE), reraise=True)
async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    request = client.build_request("GET", f"/users/{uid}")
    response = await client.send(request)
    response.raise_for_status()
    return response.json()
