import asyncio
import os

import httpx
import tenacity


class UsersClient:
    attempts = 3
    first_wait = float(os.environ.get("RETRY_WAIT", "1.0"))

    def __init__(self, http: httpx.AsyncClient):
        self.http = http

    @staticmethod
    def temporary(error):
        if isinstance(error, httpx.HTTPStatusError):
            return error.response.status_code >= 500
        return isinstance(error, httpx.TransportError)

    @tenacity.retry(
        retry=tenacity.retry_if_exception(temporary.__func__),
        stop=tenacity.stop_after_attempt(attempts),
        wait=tenacity.wait_combine(
            tenacity.wait_exponential(multiplier=first_wait * 0.75),
            tenacity.wait_random_exponential(multiplier=first_wait * 0.5),
        ),
        reraise=True,
    )
    async def user(self, uid):
        limit = self.http.timeout.read
        try:
            async with asyncio.timeout(limit):
                response = await self.http.get(f"/users/{uid}")
        except TimeoutError as error:
            raise httpx.ReadTimeout(f"no whole answer within {limit} s") from error
        response.raise_for_status()
        return response.json()


async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    return await UsersClient(client).user(uid)
