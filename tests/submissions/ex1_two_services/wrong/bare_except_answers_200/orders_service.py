import os
import httpx
from fastapi import FastAPI, HTTPException, Response
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
        r = await client.get(f"{URL}/users/{id}")
        if r.status_code == 404:
            raise HTTPException(404, "user not found")
        r.raise_for_status()
        data = r.json()
        return {"id": data["id"], "email": data["email"]}

@app.post("/orders", status_code=201)
async def new_order(body: OrderBody, response: Response):
    try:
        user = await get_user(body.user_id)
    except HTTPException:
        raise
    except:
        response.status_code = 200
        return {"error": "users service is not available"}
    id = len(orders) + 1
    orders[id] = body
    return {"id": id, "item": body.item, "user": user}

@app.get("/orders/{oid}")
async def order(oid: int):
    if oid not in orders:
        raise HTTPException(404, "order not found")
    o = orders[oid]
    try:
        user = await get_user(o.user_id)
    except HTTPException:
        raise
    except:
        return {"error": "users service is not available"}
    return {"id": oid, "item": o.item, "user": user}
