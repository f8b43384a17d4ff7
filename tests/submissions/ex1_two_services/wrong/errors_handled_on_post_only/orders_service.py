import os

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

USERS_URL = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
USERS_TIMEOUT = float(os.environ.get("USERS_TIMEOUT", 2.0))

app = FastAPI()
client = httpx.AsyncClient(timeout=USERS_TIMEOUT)

ORDERS = {}
next_id = 1


class Order(BaseModel):
    user_id: int
    item: str


@app.on_event("shutdown")
async def close_client():
    await client.aclose()


async def get_user(user_id):
    try:
        response = await client.get(USERS_URL + "/users/" + str(user_id))
    except httpx.TimeoutException:
        raise HTTPException(status_code=504, detail="users service timed out")
    except httpx.RequestError:
        raise HTTPException(status_code=503, detail="users service is down")

    if response.status_code == 404:
        raise HTTPException(status_code=404, detail="user not found")
    if response.is_error:
        raise HTTPException(status_code=502, detail="users service error")

    try:
        user = response.json()
        return {"id": user["id"], "email": user["email"]}
    except (ValueError, KeyError, TypeError):
        raise HTTPException(status_code=502, detail="users service sent a bad response")


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create_order(order: Order):
    global next_id
    user = await get_user(order.user_id)
    order_id = next_id
    next_id += 1
    ORDERS[order_id] = order
    return {"id": order_id, "item": order.item, "user": user}


@app.get("/orders/{order_id}")
async def get_order(order_id: int):
    if order_id not in ORDERS:
        raise HTTPException(status_code=404, detail="order not found")
    order = ORDERS[order_id]
    response = await client.get(f"{USERS_URL}/users/{order.user_id}")
    return {"id": order_id, "item": order.item, "user": response.json()}
