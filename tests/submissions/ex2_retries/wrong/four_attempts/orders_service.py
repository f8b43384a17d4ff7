import os
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import uuid4

import httpx
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, Field
from users_client import fetch_user


class Settings(BaseModel):
    users_url: str = Field(default_factory=lambda: os.environ.get("USERS_URL", "http://127.0.0.1:8001"))
    users_timeout: float = Field(default_factory=lambda: float(os.environ.get("USERS_TIMEOUT", "2.0")))


class UserOut(BaseModel):
    model_config = {"extra": "allow"}
    id: int
    email: str


class OrderIn(BaseModel):
    user_id: int
    item: str


state = {}


@asynccontextmanager
async def lifespan(_: FastAPI):
    settings = Settings()
    state["http"] = httpx.AsyncClient(base_url=settings.users_url, timeout=settings.users_timeout)
    state["orders"] = {}
    try:
        yield
    finally:
        await state["http"].aclose()


app = FastAPI(title="orders", lifespan=lifespan)


async def get_client() -> httpx.AsyncClient:
    return state["http"]


Client = Annotated[httpx.AsyncClient, Depends(get_client)]


async def load_user(client: httpx.AsyncClient, uid: int) -> UserOut:
    try:
        payload = await fetch_user(client, uid)
    except httpx.HTTPError as exc:
        match exc:
            case httpx.HTTPStatusError(response=httpx.Response(status_code=404)):
                raise HTTPException(404, "no such user") from exc
            case httpx.HTTPStatusError():
                raise HTTPException(502, "users-service failed") from exc
            case httpx.TimeoutException():
                raise HTTPException(504, "users-service timed out") from exc
            case _:
                raise HTTPException(503, "users-service is not available") from exc
    except ValueError as exc:
        raise HTTPException(502, "users-service sent something that is not JSON") from exc
    try:
        return UserOut.model_validate(payload)
    except ValueError as exc:
        raise HTTPException(502, "users-service sent something that is not a user") from exc


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create_order(body: OrderIn, client: Client):
    user = await load_user(client, body.user_id)
    oid = uuid4().int >> 80
    state["orders"][oid] = body
    return {"id": oid, "item": body.item, "user": user}


@app.get("/orders/{oid}")
async def read_order(oid: int, client: Client):
    try:
        order: OrderIn = state["orders"][oid]
    except KeyError:
        raise HTTPException(404, "no such order") from None
    return {"id": oid, "item": order.item, "user": await load_user(client, order.user_id)}
