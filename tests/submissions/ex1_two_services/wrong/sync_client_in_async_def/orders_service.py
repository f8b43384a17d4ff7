import os
import threading

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI(title="Orders (sync)")

http = httpx.Client(
    base_url=os.environ.get("USERS_URL", "http://127.0.0.1:8001"),
    timeout=float(os.environ.get("USERS_TIMEOUT", "2.0")),
)
lock = threading.Lock()
orders: dict[int, dict] = {}


class OrderRequest(BaseModel):
    user_id: int
    item: str


def fetch_user(uid: int) -> dict:
    try:
        r = http.get(f"/users/{uid}").raise_for_status()
        user = r.json()
        return {"id": int(user["id"]), "email": str(user["email"])}
    except httpx.TimeoutException:
        raise HTTPException(504, "users-service too slow")
    except httpx.HTTPStatusError as e:
        if e.response.status_code == 404:
            raise HTTPException(404, f"unknown user {uid}")
        raise HTTPException(502, "users-service error")
    except httpx.RequestError:
        raise HTTPException(503, "users-service unreachable")
    except (ValueError, TypeError, LookupError):
        raise HTTPException(502, "users-service gave garbage")


@app.get("/health")
async def health():
    return {"status": "ok", "service": "orders"}


@app.post("/orders", status_code=201)
async def create_order(req: OrderRequest):
    user = fetch_user(req.user_id)
    with lock:
        oid = len(orders) + 1
        orders[oid] = {"user_id": req.user_id, "item": req.item}
    return {"id": oid, "item": req.item, "user": user}


@app.get("/orders/{oid}")
async def get_order(oid: int):
    order = orders.get(oid)
    if not order:
        raise HTTPException(404, f"unknown order {oid}")
    return {"id": oid, "item": order["item"], "user": fetch_user(order["user_id"])}
