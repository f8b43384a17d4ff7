import asyncio
import os
import threading

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from users_client import fetch_user

USERS_URL = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
USERS_TIMEOUT = float(os.environ.get("USERS_TIMEOUT", "2.0"))

app = FastAPI()
lock = threading.Lock()
orders = {}


class NewOrder(BaseModel):
    user_id: int
    item: str


class User(BaseModel):
    id: int
    email: str


async def ask(uid):
    async with httpx.AsyncClient(base_url=USERS_URL, timeout=USERS_TIMEOUT) as client:
        return await fetch_user(client, uid)


def find(uid) -> User:
    try:
        return User.model_validate(asyncio.run(ask(uid)))
    except httpx.HTTPStatusError as e:
        raise HTTPException(404 if e.response.status_code == 404 else 502, "users")
    except httpx.TimeoutException:
        raise HTTPException(504, "users")
    except httpx.TransportError:
        raise HTTPException(503, "users")
    except ValueError:
        raise HTTPException(502, "users")


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
def create(new: NewOrder):
    user = find(new.user_id)
    with lock:
        oid = len(orders) + 1
        orders[oid] = new
    return {"id": oid, "item": new.item, "user": user}


@app.get("/orders/{oid}")
def read(oid: int):
    if oid not in orders:
        raise HTTPException(404, "no such order")
    return {"id": oid, "item": orders[oid].item, "user": find(orders[oid].user_id)}
