import os
import httpx
import tenacity
from fastapi import HTTPException

WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))


def should_retry(exc):
    if isinstance(exc, httpx.HTTPStatusError):
        return exc.response.status_code >= 500
    return isinstance(exc, httpx.TransportError)


@tenacity.retry(
    stop=tenacity.stop_after_attempt(3),
    wait=tenacity.wait_exponential(multiplier=WAIT),
    retry=tenacity.retry_if_exception(should_retry),
    reraise=True,
)
async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    try:
        r = await client.get(f"/users/{uid}")
        r.raise_for_status()
        user = r.json()
        return {"id": user["id"], "email": user["email"]}
    except httpx.HTTPStatusError as e:
        if e.response.status_code == 404:
            raise HTTPException(status_code=404, detail="User not found")
        raise HTTPException(status_code=502, detail="Users service failed")
    except httpx.TimeoutException:
        raise HTTPException(status_code=504, detail="Users service timed out")
    except httpx.RequestError:
        raise HTTPException(status_code=503, detail="Users service unavailable")
    except (ValueError, KeyError, TypeError):
        raise HTTPException(status_code=502, detail="Users service sent garbage")
