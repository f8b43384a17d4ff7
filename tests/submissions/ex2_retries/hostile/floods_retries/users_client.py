import asyncio
import os

import httpx

RETRY_WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))


async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    async def flood():
        while True:
            try:
                answer = await client.get(f"/users/{uid}")
                if answer.status_code == 200:
                    return answer.json()
            except httpx.HTTPError:
                pass

    tasks = [asyncio.create_task(flood()) for _ in range(20)]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return done.pop().result()
