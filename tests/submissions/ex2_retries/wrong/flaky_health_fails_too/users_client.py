import os
import httpx
import tenacity

WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))


def should_retry(state):
    if not state.outcome.failed:
        return False
    exc = state.outcome.exception()
    if isinstance(exc, httpx.HTTPStatusError):
        return exc.response.status_code in range(500, 600)
    return isinstance(exc, httpx.TransportError)


retryer = tenacity.AsyncRetrying(
    stop=lambda state: state.attempt_number == 3,
    wait=tenacity.wait_incrementing(start=WAIT, increment=WAIT),
    retry=should_retry,
)


async def _fetch(client, uid):
    r = await client.request("GET", f"/users/{uid}")
    r.raise_for_status()
    return r.json()


async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    try:
        return await retryer(_fetch, client, uid)
    except tenacity.RetryError as e:
        e.reraise()
