from os import environ

import httpx
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, TypeAdapter

from users_client import fetch_user

app = FastAPI(title="orders")
counter = 0
store = {}


class Order(BaseModel):
    user_id: int
    item: str


class Person(BaseModel):
    id: int
    email: str


async def users():
    async with httpx.AsyncClient(
        base_url=environ.get("USERS_URL", "http://127.0.0.1:8001"),
        timeout=float(environ.get("USERS_TIMEOUT", "2.0")),
    ) as client:
        yield client


async def person(client, uid):
    try:
        data = await fetch_user(client, uid)
    except httpx.HTTPStatusError as e:
        raise HTTPException(404 if e.response.status_code == 404 else 502, "users-service said no")
    except httpx.TimeoutException:
        raise HTTPException(504, "timeout")
    except httpx.TransportError as e:
        raise HTTPException(503, repr(e))
    except ValueError:
        raise HTTPException(502, "not json")
    try:
        return TypeAdapter(Person).validate_python(data)
    except ValueError:
        raise HTTPException(502, "not a user")


@app.get("/health")
async def health():
    return "fine"


@app.post("/orders", status_code=201)
async def post(order: Order, client=Depends(users)):
    global counter
    user = await person(client, order.user_id)
    counter += 1
    store[counter] = order
    return {"id": counter, "item": order.item, "user": user}


@app.get("/orders/{oid}")
async def get(oid: int, client=Depends(users)):
    order = store.get(oid)
    if order is None:
        raise HTTPException(404, "no such order")
    return {"id": oid, "item": order.item, "user": await person(client, order.user_id)}
