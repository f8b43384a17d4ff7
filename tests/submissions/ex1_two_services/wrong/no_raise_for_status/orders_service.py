import asyncio
import os
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

USERS_URL = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
USERS_TIMEOUT = float(os.environ.get("USERS_TIMEOUT", "2.0"))

client: httpx.AsyncClient


@asynccontextmanager
async def lifespan(app):
    global client
    async with httpx.AsyncClient(timeout=None) as client:
        yield


app = FastAPI(lifespan=lifespan)
orders = {}


class NewOrder(BaseModel):
    user_id: int
    item: str


async def fetch_user(uid: int) -> dict:
    try:
        async with asyncio.timeout(USERS_TIMEOUT):
            resp = await client.get(f"{USERS_URL}/users/{uid}")
    except TimeoutError:
        raise HTTPException(504, "users-service did not answer in time")
    except httpx.ConnectError:
        raise HTTPException(503, "users-service is not there")
    except httpx.HTTPError:
        raise HTTPException(502, "users-service hung up")
    if resp.status_code == 404:
        raise HTTPException(404, "unknown user")
    try:
        user = resp.json()
    except ValueError:
        raise HTTPException(502, "users-service does not speak JSON")
    if not isinstance(user, dict) or not {"id", "email"} <= user.keys():
        raise HTTPException(502, "users-service sent no user")
    return user


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create_order(new: NewOrder):
    user = await fetch_user(new.user_id)
    oid = len(orders) + 1
    orders[oid] = new.model_dump()
    return {"id": oid, "item": new.item, "user": user}


@app.get("/orders/{oid}")
async def get_order(oid: int):
    if oid not in orders:
        raise HTTPException(404, "unknown order")
    return {"id": oid, "item": orders[oid]["item"], "user": await fetch_user(orders[oid]["user_id"])}
