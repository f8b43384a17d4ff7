import os
import uuid
from typing import AsyncGenerator

from fastapi import Depends, FastAPI, HTTPException
from httpx import AsyncClient, ConnectError, HTTPError, TimeoutException
from pydantic import BaseModel

app = FastAPI()

orders = []


class NewOrder(BaseModel):
    user_id: int
    item: str


async def users_client() -> AsyncGenerator[AsyncClient, None]:
    async with AsyncClient(
        base_url=os.environ.get("USERS_URL", "http://127.0.0.1:8001"),
        timeout=float(os.environ.get("USERS_TIMEOUT", "2.0")),
    ) as client:
        yield client


async def ask(client: AsyncClient, uid: int):
    try:
        res = await client.get("/users/%d" % uid)
    except TimeoutException:
        raise HTTPException(504, "Gateway timeout")
    except ConnectError:
        raise HTTPException(503, "Service unavailable")
    except HTTPError:
        raise HTTPException(502, "Bad gateway")
    if res.status_code == 404:
        raise HTTPException(404, "No such user")
    if res.status_code != 200:
        raise HTTPException(502, "Bad gateway")
    try:
        user = res.json()
    except Exception:
        raise HTTPException(502, "Bad gateway")
    if not isinstance(user, dict) or "id" not in user or "email" not in user:
        raise HTTPException(502, "Bad gateway")
    return user


@app.get("/health")
def health():
    return "healthy"


@app.post("/orders", status_code=201)
async def create(new: NewOrder, client: AsyncClient = Depends(users_client)):
    user = await ask(client, new.user_id)
    order = {"id": uuid.uuid4().int >> 75, "item": new.item, "user_id": new.user_id}
    orders.append(order)
    return {"id": order["id"], "item": new.item, "user": user}


@app.get("/orders/{oid}")
async def read(oid: int, client: AsyncClient = Depends(users_client)):
    for order in orders:
        if order["id"] == oid:
            return {"id": oid, "item": order["item"], "user": await ask(client, order["user_id"])}
    return None
