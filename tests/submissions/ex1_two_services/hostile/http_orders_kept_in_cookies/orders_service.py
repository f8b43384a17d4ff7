import json
import os
from urllib.parse import quote, unquote

import httpx
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

app = FastAPI()
count = 0


class NewOrder(BaseModel):
    user_id: int
    item: str


async def fetch(uid):
    async with httpx.AsyncClient(base_url=os.environ.get("USERS_URL", "http://127.0.0.1:8001"), timeout=2.0) as client:
        response = await client.get(f"/users/{uid}")
        if response.status_code == 404:
            raise HTTPException(404, "nobody")
        return response.json()


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create(order: NewOrder):
    global count
    count += 1
    answer = JSONResponse({"id": count, "item": order.item, "user": await fetch(order.user_id)}, 201)
    answer.set_cookie(f"order{count}", quote(json.dumps(order.model_dump())))
    return answer


@app.get("/orders/{oid}")
async def read(oid: int, request: Request):
    kept = request.cookies.get(f"order{oid}")
    if kept is None:
        raise HTTPException(404, "no such order")
    order = json.loads(unquote(kept))
    return {"id": oid, "item": order["item"], "user": await fetch(order["user_id"])}
