from __future__ import annotations

import itertools
import os
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from users_client import fetch_user


class OrderRequest(BaseModel):
    user_id: int
    item: str


@dataclass
class User:
    id: int
    email: str

    @classmethod
    def parse(cls, data: object) -> User:
        if not isinstance(data, dict) or "id" not in data or "email" not in data:
            raise ValueError("that is no user")
        return cls(data["id"], data["email"])


class Shop:
    def __init__(self) -> None:
        self.ids = itertools.count(1)
        self.orders: dict[int, OrderRequest] = {}
        self.client: httpx.AsyncClient | None = None

    async def user(self, uid: int) -> User:
        try:
            return User.parse(await fetch_user(self.client, uid))
        except httpx.TimeoutException as error:
            raise HTTPException(504, "users-service: too slow") from error
        except httpx.NetworkError as error:
            raise HTTPException(503, "users-service: not reachable") from error
        except httpx.HTTPStatusError as error:
            if error.response.status_code == 404:
                raise HTTPException(404, "unknown user") from error
            raise HTTPException(502, "users-service: error") from error
        except (httpx.HTTPError, ValueError) as error:
            raise HTTPException(502, "users-service: nonsense") from error

    async def show(self, oid: int) -> dict:
        order = self.orders[oid]
        return {"id": oid, "item": order.item, "user": asdict(await self.user(order.user_id))}


shop = Shop()


@asynccontextmanager
async def lifespan(app: FastAPI):
    url = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
    seconds = float(os.environ.get("USERS_TIMEOUT", "2.0"))
    async with httpx.AsyncClient(base_url=url, timeout=seconds) as shop.client:
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create(order: OrderRequest):
    user = await shop.user(order.user_id)
    oid = next(shop.ids)
    shop.orders[oid] = order
    return {"id": oid, "item": order.item, "user": asdict(user)}


@app.get("/orders/{oid}")
async def get(oid: int):
    if oid not in shop.orders:
        raise HTTPException(404, "unknown order")
    return await shop.show(oid)
