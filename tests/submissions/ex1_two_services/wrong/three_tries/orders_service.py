"""Orders service."""
import asyncio
import logging
import os
import time

import httpx
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("orders")

app = FastAPI()
_client = None
_orders = {}


def http_client():
    global _client
    if _client is None:
        log.info("creating http client")
        _client = httpx.AsyncClient(base_url=os.environ.get("USERS_URL", "http://127.0.0.1:8001"))
    return _client


class CreateOrder(BaseModel):
    user_id: int = Field(ge=1)
    item: str = Field(min_length=1, max_length=200)


async def find_user(user_id):
    started = time.perf_counter()
    timeout = float(os.environ.get("USERS_TIMEOUT", "2.0"))
    try:
        for attempt in range(3):
            try:
                answer = await http_client().get(f"/users/{user_id}", timeout=timeout)
                break
            except httpx.TimeoutException:
                log.warning("attempt %d timed out", attempt + 1)
                if attempt == 2:
                    raise
                await asyncio.sleep(0.3)
    except httpx.TimeoutException:
        raise HTTPException(504, detail={"error": "timeout", "service": "users"})
    except httpx.ConnectError:
        raise HTTPException(503, detail={"error": "unavailable", "service": "users"})
    except httpx.RequestError as err:
        raise HTTPException(502, detail={"error": str(err), "service": "users"})
    finally:
        log.info("users-service took %.3f s", time.perf_counter() - started)
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise HTTPException(404, detail={"error": "unknown user", "user_id": user_id})
    try:
        answer.raise_for_status()
        body = answer.json()
        return {"id": body["id"], "email": body["email"]}
    except (httpx.HTTPStatusError, ValueError, KeyError, TypeError) as err:
        log.warning("bad answer: %s", err)
        raise HTTPException(502, detail={"error": "bad answer", "service": "users"})


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders")
async def create_order(order: CreateOrder):
    user = await find_user(order.user_id)
    oid = max(_orders, default=0) + 1
    _orders[oid] = order
    return JSONResponse({"id": oid, "item": order.item, "user": user}, status_code=201)


@app.get("/orders/{oid}")
async def read_order(oid: int):
    if oid not in _orders:
        return JSONResponse({"detail": "unknown order"}, status_code=404)
    order = _orders[oid]
    return JSONResponse({"id": oid, "item": order.item, "user": await find_user(order.user_id)})
