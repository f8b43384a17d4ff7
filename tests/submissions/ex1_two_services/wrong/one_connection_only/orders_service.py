import os
import secrets
from contextlib import asynccontextmanager

import anyio
import httpx
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel

USERS_URL = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
USERS_TIMEOUT = float(os.environ.get("USERS_TIMEOUT", "2.0"))


class NewOrder(BaseModel):
    user_id: int
    item: str


class User(BaseModel):
    id: int
    email: str


@asynccontextmanager
async def lifespan(app):
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=USERS_URL, limits=limits, timeout=USERS_TIMEOUT, http1=True) as client:
        yield {"client": client}


app = FastAPI(lifespan=lifespan)
orders = {}


async def fetch(client, uid):
    try:
        with anyio.fail_after(USERS_TIMEOUT):
            response = await client.get(f"/users/{uid}")
    except (TimeoutError, httpx.TimeoutException):
        raise HTTPException(504, "too slow")
    except httpx.ConnectError:
        raise HTTPException(503, "nobody there")
    except httpx.RequestError:
        raise HTTPException(502, "connection broke")
    if response.status_code == 404:
        raise HTTPException(404, "no such user")
    if response.is_error:
        raise HTTPException(502, "error upstream")
    try:
        return User.model_validate_json(response.content)
    except ValueError:
        raise HTTPException(502, "strange answer")


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create(new: NewOrder, request: Request):
    user = await fetch(request.state.client, new.user_id)
    oid = secrets.randbits(52)
    orders[oid] = new
    return {"id": oid, "item": new.item, "user": user}


@app.get("/orders/{oid}")
async def read(oid: int, request: Request):
    new = orders.get(oid)
    if new is None:
        raise HTTPException(404, "no such order")
    return {"id": oid, "item": new.item, "user": await fetch(request.state.client, new.user_id)}
