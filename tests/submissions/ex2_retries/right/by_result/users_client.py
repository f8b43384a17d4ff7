import os
import random
import httpx
from tenacity import retry, retry_if_exception_type, retry_if_result, stop_after_attempt

RETRY_WAIT = float(os.environ.get('RETRY_WAIT', '1.0'))

def pause(retry_state):
    """RETRY_WAIT, twice that, ... plus or minus 40 %."""
    return RETRY_WAIT * 2 ** (retry_state.attempt_number - 1) * random.uniform(0.6, 1.4)

def last_outcome(retry_state):
    return retry_state.outcome.result()  # raises if the last attempt raised

@retry(
    retry=retry_if_result(lambda response: response.status_code >= 500) | retry_if_exception_type(httpx.TransportError),
    stop=stop_after_attempt(3),
    wait=pause,
    retry_error_callback=last_outcome,
)
async def get(client, path):
    return await client.get(path)

async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    response = await get(client, '/users/' + str(uid))
    response.raise_for_status()
    return response.json()
