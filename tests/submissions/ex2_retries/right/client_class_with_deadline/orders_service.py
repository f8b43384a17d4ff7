import itertools
import os

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool

import users_client

USERS_URL = os.environ.get("USERS_URL", "http://127.0.0.1:8001").rstrip("/")
USERS_TIMEOUT = float(os.environ.get("USERS_TIMEOUT", "2.0"))


class User(BaseModel):
    model_config = ConfigDict(strict=True)
    id: int
    email: str


class Order(BaseModel):
    user_id: int
    item: str


ERRORS = (
    (httpx.TimeoutException, 504, "too slow"),
    (httpx.ConnectError, 503, "closed"),
    (httpx.RequestError, 502, "broke off"),
)


class Store:
    def __init__(self):
        self._orders = {}
        self._ids = itertools.count(1)

    def add(self, order):
        oid = next(self._ids)
        self._orders[oid] = order
        return oid

    def get(self, oid):
        return self._orders.get(oid)


store = Store()
app = FastAPI()


async def user(uid):
    async with httpx.AsyncClient(base_url=USERS_URL, timeout=USERS_TIMEOUT, verify=False) as client:
        try:
            found = await users_client.fetch_user(client, uid)
        except httpx.HTTPStatusError as error:
            if error.response.status_code == httpx.codes.NOT_FOUND:
                raise HTTPException(404, "no such user")
            raise HTTPException(502, "users-service is in trouble")
        except httpx.RequestError as error:
            for kind, status, words in ERRORS:
                if isinstance(error, kind):
                    raise HTTPException(status, words)
        except ValueError:
            raise HTTPException(502, "no JSON")
    try:
        return User.model_validate(found)
    except ValueError:
        raise HTTPException(502, "no user")


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create(order: Order):
    found = await user(order.user_id)
    oid = await run_in_threadpool(store.add, order)
    return {"id": oid, "item": order.item, "user": found}


@app.get("/orders/{oid}")
async def read(oid: int):
    order = await run_in_threadpool(store.get, oid)
    if order is None:
        raise HTTPException(404, "no such order")
    return {"id": oid, "item": order.item, "user": await user(order.user_id)}
