import os
import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from users_client import fetch_user

USERS_URL = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
USERS_TIMEOUT = float(os.environ.get("USERS_TIMEOUT", "2.0"))
app = FastAPI()
orders = {}


class OrderIn(BaseModel):
    user_id: int
    item: str


async def get_user(user_id):
    # one client per call, as in the first exercise
    async with httpx.AsyncClient(base_url=USERS_URL, timeout=USERS_TIMEOUT) as client:
        try:
            user = await fetch_user(client, user_id)
            user["id"], user["email"]
            return user
        except httpx.HTTPStatusError as e:
            if e.response.status_code == 404:
                raise HTTPException(status_code=404, detail="User not found")
            raise HTTPException(status_code=502, detail="Users service failed")
        except httpx.TimeoutException:
            raise HTTPException(status_code=504, detail="Users service timed out")
        except httpx.RequestError:
            raise HTTPException(status_code=503, detail="Users service unavailable")
        except Exception:
            raise HTTPException(status_code=502, detail="Users service sent garbage")


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create_order(order: OrderIn):
    user = await get_user(order.user_id)
    oid = len(orders) + 1
    orders[oid] = {"item": order.item, "user_id": order.user_id}
    return {"id": oid, "item": order.item, "user": user}


@app.get("/orders/{oid}")
async def get_order(oid: int):
    if oid not in orders:
        raise HTTPException(status_code=404, detail="Order not found")
    user = await get_user(orders[oid]["user_id"])
    return {"id": oid, "item": orders[oid]["item"], "user": user}
