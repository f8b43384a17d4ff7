import os
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError

import users_client


@asynccontextmanager
async def lifespan(app):
    async with httpx.AsyncClient(
        base_url=os.environ.get("USERS_URL", "http://127.0.0.1:8001"),
        timeout=float(os.environ.get("USERS_TIMEOUT", "2")),
    ) as client:
        yield {"client": client}


app = FastAPI(lifespan=lifespan)


class User(BaseModel):
    id: int
    email: str


class OrderIn(BaseModel):
    user_id: int
    item: str


class OrderOut(BaseModel):
    id: int
    item: str
    user: User


orders: list[OrderIn] = []


@app.exception_handler(httpx.TimeoutException)
async def too_slow(request, error):
    return JSONResponse({"detail": "users-service is too slow"}, 504)


@app.exception_handler(httpx.TransportError)
async def unreachable(request, error):
    return JSONResponse({"detail": "users-service cannot be reached"}, 503)


@app.exception_handler(httpx.HTTPStatusError)
async def bad_status(request, error):
    if error.response.status_code == 404:
        return JSONResponse({"detail": "unknown user"}, 404)
    return JSONResponse({"detail": f"users-service said {error.response.status_code}"}, 502)


@app.exception_handler(ValueError)
@app.exception_handler(ValidationError)
async def nonsense(request, error):
    return JSONResponse({"detail": "users-service talks nonsense"}, 502)


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create(order: OrderIn, request: Request) -> OrderOut:
    user = User.model_validate(await users_client.fetch_user(request.state.client, order.user_id))
    orders.append(order)
    return OrderOut(id=len(orders), item=order.item, user=user)


@app.get("/orders/{oid}")
async def read(oid: int, request: Request) -> OrderOut:
    if not 1 <= oid <= len(orders):
        raise HTTPException(404, "no such order")
    order = orders[oid - 1]
    user = User.model_validate(await users_client.fetch_user(request.state.client, order.user_id))
    return OrderOut(id=oid, item=order.item, user=user)
