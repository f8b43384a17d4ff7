import asyncio
import os
from contextlib import asynccontextmanager

import aiohttp
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

USERS_URL = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
USERS_TIMEOUT = float(os.environ.get("USERS_TIMEOUT", "2.0"))


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=USERS_TIMEOUT))
    yield
    await app.state.session.close()


app = FastAPI(lifespan=lifespan)
orders = {}


class OrderIn(BaseModel):
    user_id: int
    item: str


async def get_user(user_id: int) -> dict:
    try:
        async with app.state.session.get(f"{USERS_URL}/users/{user_id}") as response:
            if response.status == 404:
                raise HTTPException(404, "User not found")
            if response.status != 200:
                raise HTTPException(502, "Bad response from users service")
            user = await response.json(content_type=None)
    except asyncio.TimeoutError:
        raise HTTPException(504, "Users service timed out")
    except aiohttp.ClientError:
        raise HTTPException(503, "Users service unavailable")
    except ValueError:
        raise HTTPException(502, "Bad response from users service")
    if not isinstance(user, dict) or "id" not in user or "email" not in user:
        raise HTTPException(502, "Bad response from users service")
    return {"id": user["id"], "email": user["email"]}


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create_order(order: OrderIn):
    user = await get_user(order.user_id)
    order_id = len(orders) + 1
    orders[order_id] = order
    return {"id": order_id, "item": order.item, "user": user}


@app.get("/orders/{order_id}")
async def get_order(order_id: int):
    if order_id not in orders:
        raise HTTPException(404, "Order not found")
    order = orders[order_id]
    return {"id": order_id, "item": order.item, "user": await get_user(order.user_id)}
