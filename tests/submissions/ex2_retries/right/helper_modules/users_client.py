import httpx
from stall.policy import policy


@policy(attempts=3)
async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    response = await client.get(f"/users/{uid}")
    response.raise_for_status()
    return response.json()
