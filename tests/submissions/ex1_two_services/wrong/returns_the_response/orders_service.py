import os
import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI()

URL = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
TIMEOUT = float(os.environ.get("USERS_TIMEOUT", "2.0"))

orders = {}

class OrderBody(BaseModel):
    user_id: int
    item: str

@app.get("/health")
def health():
    return {"status": "ok"}

async def get_user(id):
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        try:
            r = await client.get(f"{URL}/users/{id}")
        except httpx.TimeoutException:
            raise HTTPException(504, "timeout")
        except Exception:
            raise HTTPException(503, "not reachable")
    if r.status_code == 404:
        raise HTTPException(404, "user not found")
    if r.status_code != 200:
        raise HTTPException(502, "error in users service")
    return r

@app.post("/orders", status_code=201)
async def new_order(body: OrderBody):
    user = await get_user(body.user_id)
    id = len(orders) + 1
    orders[id] = body
    return {"id": id, "item": body.item, "user": user}

@app.get("/orders/{oid}")
async def order(oid: int):
    if oid not in orders:
        raise HTTPException(404, "order not found")
    o = orders[oid]
    user = await get_user(o.user_id)
    return {"id": oid, "item": o.item, "user": user}
