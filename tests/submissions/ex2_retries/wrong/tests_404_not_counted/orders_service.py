import os
from itertools import count

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from users_client import fetch_user

client = httpx.AsyncClient(
    base_url=os.getenv("USERS_URL", "http://127.0.0.1:8001"), timeout=float(os.getenv("USERS_TIMEOUT", "2.0"))
)
app = FastAPI()
ids = count(100)
orders = {}


class Body(BaseModel):
    user_id: int
    item: str


@app.on_event("shutdown")
async def bye():
    await client.aclose()


@app.get("/health")
async def health():
    return {"status": "ok", "orders": len(orders)}


async def lookup(uid):
    try:
        user = await fetch_user(client, uid)
        return {"id": int(user["id"]), "email": str(user["email"])}
    except httpx.HTTPStatusError as e:
        if e.response.status_code == 404:
            raise HTTPException(404, f"user {uid} does not exist")
        raise HTTPException(502, "bad answer")
    except httpx.TimeoutException:
        raise HTTPException(504, "slow")
    except httpx.RequestError:
        raise HTTPException(503, "down")
    except (ValueError, KeyError, TypeError):
        raise HTTPException(502, "strange answer")


@app.post("/orders", status_code=201)
async def order(body: Body):
    user = await lookup(body.user_id)
    oid = next(ids)
    orders[oid] = (body.item, body.user_id)
    return {"id": oid, "item": body.item, "user": user}


@app.get("/orders/{oid}")
async def show(oid: int):
    try:
        item, uid = orders[oid]
    except KeyError:
        raise HTTPException(404, "no order")
    return {"id": oid, "item": item, "user": await lookup(uid)}
