"""Fetch users. `ask` has a careful default; fetch_user tunes it."""
import os

import httpx
import tenacity

WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))


def _temporary(exc):
    match exc:
        case httpx.HTTPStatusError(response=response):
            return 500 <= response.status_code < 600
        case httpx.TransportError():
            return True
        case _:
            return False


@tenacity.retry(stop=tenacity.stop_after_attempt(1), retry=tenacity.retry_if_exception(_temporary), reraise=True)
async def ask(client, path):
    return (await client.get(path)).raise_for_status().json()


async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    patient = ask.retry_with(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_exponential(WAIT, exp_base=2))
    return await patient(client, f"/users/{uid}")
