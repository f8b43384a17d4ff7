import os
from contextlib import asynccontextmanager
from itertools import count

import httpx
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError


class User(BaseModel):
    id: int
    email: str


class Order(BaseModel):
    user_id: int
    item: str


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with httpx.AsyncClient(
        base_url=os.environ.get("USERS_URL", "http://127.0.0.1:8001"),
        timeout=float(os.environ.get("USERS_TIMEOUT", "2.0")),
    ) as app.state.client:
        yield


app = FastAPI(lifespan=lifespan)
orders: dict[int, Order] = {}
ids = count(1)


@app.exception_handler(httpx.TimeoutException)
async def too_slow(request: Request, exc: httpx.TimeoutException):
    return JSONResponse({"detail": "users-service is too slow"}, status_code=504)


@app.exception_handler(httpx.TransportError)
async def unreachable(request: Request, exc: httpx.TransportError):
    return JSONResponse({"detail": "users-service is unreachable"}, status_code=503)


@app.exception_handler(httpx.HTTPStatusError)
async def bad_status(request: Request, exc: httpx.HTTPStatusError):
    if exc.response.status_code == 404:
        return JSONResponse({"detail": "user not found"}, status_code=404)
    return JSONResponse({"detail": "users-service is in trouble"}, status_code=502)


@app.exception_handler(ValidationError)
async def bad_body(request: Request, exc: ValidationError):
    return JSONResponse({"detail": "users-service talks nonsense"}, status_code=502)


async def get_user(uid: int) -> User:
    response = await app.state.client.get(f"/users/{uid}")
    response.raise_for_status()
    return User.model_validate_json(response.content)


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create_order(order: Order):
    user = await get_user(order.user_id)
    oid = next(ids)
    orders[oid] = order
    return {"id": oid, "item": order.item, "user": user}


@app.get("/orders/{oid}")
async def get_order(oid: int):
    order = orders.get(oid)
    if order is None:
        raise HTTPException(404, "order not found")
    return {"id": oid, "item": order.item, "user": await get_user(order.user_id)}
