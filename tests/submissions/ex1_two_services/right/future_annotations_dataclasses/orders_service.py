from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from fastapi import FastAPI, HTTPException


@dataclass
class User:
    id: int
    email: str


@dataclass
class NewOrder:
    user_id: int
    item: str


@dataclass
class Order:
    id: int
    item: str
    user: User


@dataclass
class Desk:
    """Asks users-service."""

    http: httpx.AsyncClient

    async def user(self, uid: int) -> User:
        try:
            response = await self.http.get(f"/users/{uid}")
        except httpx.TimeoutException as error:
            raise HTTPException(504, "the desk does not answer") from error
        except httpx.RequestError as error:
            raise HTTPException(503, "the desk is closed") from error
        if response.status_code == 404:
            raise HTTPException(404, f"the desk does not know user {uid}")
        if response.is_error:
            raise HTTPException(502, "the desk is confused")
        try:
            body = response.json()
            return User(id=body["id"], email=body["email"])
        except (ValueError, KeyError, TypeError) as error:
            raise HTTPException(502, "the desk mumbles") from error


@dataclass
class Shop:
    orders: dict[int, NewOrder] = field(default_factory=dict)

    def take(self, new: NewOrder) -> int:
        number = len(self.orders) + 1
        self.orders[number] = new
        return number

    def find(self, number: int) -> NewOrder:
        if number not in self.orders:
            raise HTTPException(404, f"no order {number}")
        return self.orders[number]


shop = Shop()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with httpx.AsyncClient(
        base_url=os.environ.get("USERS_URL", "http://127.0.0.1:8001"),
        timeout=float(os.environ.get("USERS_TIMEOUT", "2.0")),
        limits=httpx.Limits(max_connections=50, max_keepalive_connections=10),
    ) as http:
        app.state.desk = Desk(http)
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create(new: NewOrder) -> Order:
    user = await app.state.desk.user(new.user_id)
    return Order(shop.take(new), new.item, user)


@app.get("/orders/{oid}")
async def read(oid: int) -> Order:
    new = shop.find(oid)
    return Order(oid, new.item, await app.state.desk.user(new.user_id))
