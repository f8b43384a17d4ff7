import asyncio
import itertools
import os
import time
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

USERS_URL = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
USERS_TIMEOUT = float(os.environ.get("USERS_TIMEOUT", "2.0"))


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with httpx.AsyncClient(base_url=USERS_URL) as app.state.users:
        yield


app = FastAPI(lifespan=lifespan)
orders = {}
ids = itertools.count(1)


class OrderIn(BaseModel):
    user_id: int
    item: str


class User(BaseModel):
    id: int
    email: str


async def fetch_user(uid: int) -> User:
    # users-service restarts now and then; a closed door may open again while we still have time
    give_up_at = time.monotonic() + USERS_TIMEOUT
    while True:
        left = give_up_at - time.monotonic()
        try:
            response = await app.state.users.get(f"/users/{uid}", timeout=max(left, 0.01))
            break
        except httpx.TimeoutException:
            raise HTTPException(504, "users-service is too slow")
        except httpx.ConnectError:
            if left <= 0:
                raise HTTPException(503, "users-service is down")
            await asyncio.sleep(0.1)
        except httpx.TransportError:
            raise HTTPException(502, "users-service hung up")
    if response.status_code == 404:
        raise HTTPException(404, "no such user")
    try:
        return User.model_validate_json(response.raise_for_status().content)
    except (httpx.HTTPStatusError, ValueError):
        raise HTTPException(502, "users-service makes no sense")


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create_order(order: OrderIn):
    user = await fetch_user(order.user_id)
    oid = next(ids)
    orders[oid] = order
    return {"id": oid, "item": order.item, "user": user}


@app.get("/orders/{oid}")
async def get_order(oid: int):
    if oid not in orders:
        raise HTTPException(404, "no such order")
    return {"id": oid, "item": orders[oid].item, "user": await fetch_user(orders[oid].user_id)}
