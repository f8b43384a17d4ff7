import os
import time

import httpx

RETRY_WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))


async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    for attempt in (1, 2, 3):
        try:
            response = await client.get(f"/users/{uid}")
            response.raise_for_status()
            return response.json()
        except httpx.HTTPStatusError as error:
            if error.response.status_code < 500 or attempt == 3:
                raise
        except httpx.TransportError:
            if attempt == 3:
                raise
        time.sleep(RETRY_WAIT * attempt)
