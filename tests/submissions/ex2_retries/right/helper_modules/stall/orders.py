import os
from contextlib import asynccontextmanager

import httpx
from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, ValidationError
from users_client import fetch_user

from stall.settings import number, text


class User(BaseModel):
    id: int
    email: str


class NewOrder(BaseModel):
    user_id: int
    item: str


class Order(BaseModel):
    id: int
    item: str
    user: User


@asynccontextmanager
async def lifespan(app):
    url, timeout = text("USERS_URL", "http://127.0.0.1:8001"), number("USERS_TIMEOUT", 2.0)
    async with httpx.AsyncClient(base_url=url, timeout=timeout) as client:
        app.state.client, app.state.orders = client, {}
        yield


app = FastAPI(lifespan=lifespan)


class Desk:
    def __init__(self, request: Request) -> None:
        self.client = request.app.state.client

    async def user(self, uid: int) -> User:
        try:
            return User(**await fetch_user(self.client, uid))
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            raise HTTPException(404 if status == 404 else 502, f"users-service: {status}") from error
        except httpx.TimeoutException as error:
            raise HTTPException(504, "users-service: timeout") from error
        except httpx.TransportError as error:
            raise HTTPException(503, f"users-service: {type(error).__name__}") from error
        except (ValidationError, ValueError, TypeError) as error:
            raise HTTPException(502, "users-service: unreadable") from error


@app.get("/health")
async def health():
    return {"status": "ok", "pid": os.getpid()}


@app.post("/orders", status_code=201, response_model=Order)
async def create(new: NewOrder, request: Request, desk: Desk = Depends()):
    user = await desk.user(new.user_id)
    orders = request.app.state.orders
    oid = len(orders) + 1
    orders[oid] = new
    return Order(id=oid, item=new.item, user=user)


@app.get("/orders/{oid}", response_model=Order)
async def read(oid: int, request: Request, desk: Desk = Depends()):
    order = request.app.state.orders.get(oid)
    if order is None:
        raise HTTPException(404, "unknown order")
    return Order(id=oid, item=order.item, user=await desk.user(order.user_id))
