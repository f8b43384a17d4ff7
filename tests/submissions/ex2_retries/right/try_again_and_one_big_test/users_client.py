import os
import httpx
from tenacity import *


def wait(state):
    return float(os.environ.get("RETRY_WAIT", 1.0)) * (1 if state.attempt_number == 1 else 2)


async def fetch_user(client, uid):
    last = None

    @retry(stop=stop_after_attempt(3), wait=wait, retry=retry_never)
    async def attempt():
        nonlocal last
        try:
            r = await client.get("/users/%s" % uid)
            r.raise_for_status()
        except httpx.HTTPStatusError as e:
            if e.response.status_code < 500:
                raise
            last = e
            raise TryAgain
        except httpx.TransportError as e:
            last = e
            raise TryAgain
        return r.json()

    try:
        return await attempt()
    except RetryError:
        raise last
