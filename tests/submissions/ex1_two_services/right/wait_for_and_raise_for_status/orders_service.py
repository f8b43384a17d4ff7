import asyncio
import os
from contextlib import asynccontextmanager
from json import JSONDecodeError

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

STATUS = {
    asyncio.TimeoutError: 504,
    httpx.TimeoutException: 504,
    httpx.TransportError: 503,
    httpx.HTTPStatusError: 502,
    httpx.HTTPError: 502,
    JSONDecodeError: 502,
    UnicodeDecodeError: 502,
    KeyError: 502,
    TypeError: 502,
}


class Placed(BaseModel):
    user_id: int
    item: str


async def call(uid):
    response = await app.client.get(f"/users/{uid}")
    if response.status_code != 404:
        response.raise_for_status()
        user = response.json()
        return {"id": user["id"], "email": user["email"]}


async def user_or_error(uid):
    try:
        user = await asyncio.wait_for(call(uid), app.timeout)
    except tuple(STATUS) as exc:
        code = next(code for kind, code in STATUS.items() if isinstance(exc, kind))
        raise HTTPException(code, f"{type(exc).__name__} while asking users-service") from exc
    if user is None:
        raise HTTPException(404, f"User {uid} unknown")
    return user


@asynccontextmanager
async def lifespan(app):
    app.timeout = float(os.environ.get("USERS_TIMEOUT", "2.0"))
    app.client = httpx.AsyncClient(base_url=os.environ.get("USERS_URL", "http://127.0.0.1:8001"), timeout=app.timeout)
    async with app.client:
        yield


app = FastAPI(lifespan=lifespan)
orders = {}


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def place(order: Placed):
    user = await user_or_error(order.user_id)
    orders[len(orders) + 1] = order
    return {"id": len(orders), "item": order.item, "user": user}


@app.get("/orders/{oid}")
async def show(oid: int):
    if oid in orders:
        return {"id": oid, "item": orders[oid].item, "user": await user_or_error(orders[oid].user_id)}
    raise HTTPException(404, f"Order {oid} unknown")
