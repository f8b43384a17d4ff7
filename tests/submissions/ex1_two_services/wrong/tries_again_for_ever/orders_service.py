import asyncio
import itertools
import os

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ValidationError

USERS_URL = os.environ.get("USERS_URL", "http://127.0.0.1:8001").rstrip("/")
USERS_TIMEOUT = float(os.environ.get("USERS_TIMEOUT", "2"))

app = FastAPI()
session = httpx.Client(timeout=USERS_TIMEOUT)
counter = itertools.count(1)
store = {}


class NewOrder(BaseModel):
    user_id: int
    item: str


class User(BaseModel):
    id: int
    email: str


def _get(uid: int) -> httpx.Response:
    return session.get(f"{USERS_URL}/users/{uid}")


async def user_by_id(uid: int) -> User:
    while True:
        try:
            response = await asyncio.to_thread(_get, uid)
            break
        except httpx.TimeoutException as e:
            raise HTTPException(504, f"timeout: {e}")
        except httpx.HTTPError as e:
            print(f"cannot reach users: {e}, trying again")
            await asyncio.sleep(1)
    if response.status_code == 404:
        raise HTTPException(404, "user not found")
    if response.status_code >= 400:
        raise HTTPException(502, f"users answered {response.status_code}")
    try:
        return User(**response.json())
    except (ValueError, TypeError):
        raise HTTPException(502, "users answered rubbish")


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create(new: NewOrder):
    user = await user_by_id(new.user_id)
    oid = next(counter)
    store[oid] = new
    return {"id": oid, "item": new.item, "user": user}


@app.get("/orders/{oid}")
async def read(oid: int):
    try:
        order = store[oid]
    except KeyError:
        raise HTTPException(404, "order not found")
    return {"id": oid, "item": order.item, "user": await user_by_id(order.user_id)}
