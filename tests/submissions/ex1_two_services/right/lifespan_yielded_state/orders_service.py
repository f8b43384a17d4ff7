import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Annotated, TypedDict

import httpx
from fastapi import Depends, FastAPI, HTTPException, Request, status
from pydantic import BaseModel, ValidationError


class State(TypedDict):
    client: httpx.AsyncClient


class User(BaseModel):
    id: int
    email: str


class OrderCreate(BaseModel):
    user_id: int
    item: str


class OrderOut(BaseModel):
    id: int
    item: str
    user: User


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    timeout = httpx.Timeout(float(os.environ.get("USERS_TIMEOUT", 2.0)))
    url = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
    async with httpx.AsyncClient(base_url=url, timeout=timeout) as client:
        yield {"client": client}


app = FastAPI(lifespan=lifespan)
db: dict[int, OrderCreate] = {}
ids = count(1000)


def get_client(request: Request) -> httpx.AsyncClient:
    return request.state.client


Client = Annotated[httpx.AsyncClient, Depends(get_client)]


async def get_user(client: httpx.AsyncClient, user_id: int) -> User:
    try:
        r = await client.get(f"/users/{user_id}")
    except httpx.TimeoutException as e:
        raise HTTPException(status.HTTP_504_GATEWAY_TIMEOUT, "timeout") from e
    except httpx.RequestError as e:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "unreachable") from e
    match r.status_code:
        case 200:
            try:
                return User.model_validate_json(r.content)
            except ValidationError as e:
                raise HTTPException(status.HTTP_502_BAD_GATEWAY, "bad answer") from e
        case 404:
            raise HTTPException(status.HTTP_404_NOT_FOUND, "unknown user")
        case code:
            raise HTTPException(status.HTTP_502_BAD_GATEWAY, f"status {code}")


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=status.HTTP_201_CREATED)
async def post_order(order: OrderCreate, client: Client) -> OrderOut:
    user = await get_user(client, order.user_id)
    oid = next(ids)
    db[oid] = order
    return OrderOut(id=oid, item=order.item, user=user)


@app.get("/orders/{oid}")
async def get_order(oid: int, client: Client) -> OrderOut:
    if (order := db.get(oid)) is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "unknown order")
    return OrderOut(id=oid, item=order.item, user=await get_user(client, order.user_id))
