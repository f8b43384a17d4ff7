import os
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel

USERS_URL = os.getenv("USERS_URL", "http://127.0.0.1:8001")
USERS_TIMEOUT = float(os.getenv("USERS_TIMEOUT", "2.0"))


class OrderIn(BaseModel):
    user_id: int
    item: str


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.http = httpx.AsyncClient(base_url=USERS_URL, timeout=USERS_TIMEOUT)
    app.state.orders = {}
    app.state.last_id = 0
    yield
    await app.state.http.aclose()


app = FastAPI(title="orders", lifespan=lifespan)


async def load_user(request: Request, user_id: int) -> dict:
    http: httpx.AsyncClient = request.app.state.http
    try:
        response = await http.get(f"/users/{user_id}")
        response.raise_for_status()
        data = response.json()
        return {"id": data["id"], "email": data["email"]}
    except httpx.TimeoutException:
        raise HTTPException(504, "users-service is too slow")
    except httpx.HTTPStatusError as exc:
        if exc.response.status_code == 404:
            raise HTTPException(404, f"User {user_id} does not exist")
        raise HTTPException(502, "users-service failed")
    except httpx.TransportError:
        raise HTTPException(503, "users-service is unavailable")
    except (ValueError, KeyError, TypeError):
        raise HTTPException(502, "users-service sent nonsense")


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create_order(body: OrderIn, request: Request):
    user = await load_user(request, body.user_id)
    state = request.app.state
    state.last_id += 1
    state.orders[state.last_id] = body
    return {"id": state.last_id, "item": body.item, "user": user}


@app.get("/orders/{oid}")
async def get_order(oid: int, request: Request):
    order = request.app.state.orders.get(oid)
    if order is None:
        raise HTTPException(404, f"Order {oid} does not exist")
    user = await load_user(request, order.user_id)
    return {"id": oid, "item": order.item, "user": user}
