import os
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import AnyHttpUrl, BaseModel, PositiveFloat, ValidationError

from models import Health, OrderRequest, OrderResponse, StoredOrder, User


class Settings(BaseModel):
    users_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8001")
    users_timeout: PositiveFloat = 2.0


settings = Settings.model_validate({k.lower(): v for k, v in os.environ.items() if k in ("USERS_URL", "USERS_TIMEOUT")})
orders: list[StoredOrder] = []


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.client = httpx.AsyncClient(base_url=str(settings.users_url), timeout=settings.users_timeout)
    try:
        yield
    finally:
        await app.state.client.aclose()


app = FastAPI(lifespan=lifespan)


async def fetch(uid: int) -> User:
    try:
        response = await app.state.client.get(f"users/{uid}")
        if response.status_code == 404:
            raise HTTPException(404, detail="user not found")
        return User.model_validate(response.raise_for_status().json())
    except httpx.TimeoutException:
        raise HTTPException(504, detail="users-service timed out")
    except httpx.ConnectError:
        raise HTTPException(503, detail="users-service is not running")
    except (httpx.HTTPError, ValueError):
        raise HTTPException(502, detail="users-service misbehaves")


@app.get("/health", response_model=Health)
async def health():
    return Health(status="ok")


@app.post("/orders", response_model=OrderResponse, status_code=201)
async def create(request: OrderRequest):
    user = await fetch(request.user_id)
    order = StoredOrder(id=len(orders) + 1, **request.model_dump())
    orders.append(order)
    return OrderResponse(id=order.id, item=order.item, user=user)


@app.get("/orders/{oid}", response_model=OrderResponse)
async def read(oid: int):
    order = next((o for o in orders if o.id == oid), None)
    if order is None:
        raise HTTPException(404, detail="order not found")
    return OrderResponse(id=order.id, item=order.item, user=await fetch(order.user_id))
