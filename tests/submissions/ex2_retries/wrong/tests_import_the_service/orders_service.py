import os
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException, Request, status
from pydantic import BaseModel

from users_client import fetch_user


async def no_errors(response: httpx.Response) -> None:
    response.raise_for_status()


@asynccontextmanager
async def lifespan(app):
    limits = httpx.Limits(max_connections=50)
    async with httpx.AsyncClient(
        base_url=os.environ.get("USERS_URL", "http://127.0.0.1:8001"),
        timeout=float(os.environ.get("USERS_TIMEOUT", "2.0")),
        event_hooks={"response": [no_errors]},
        limits=limits,
    ) as app.state.http:
        app.state.db = []
        yield


app = FastAPI(lifespan=lifespan)


class OrderIn(BaseModel):
    user_id: int
    item: str


@asynccontextmanager
async def translated():
    try:
        yield
    except httpx.TimeoutException:
        raise HTTPException(status.HTTP_504_GATEWAY_TIMEOUT, "users-service timed out")
    except httpx.TransportError:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "users-service is unreachable")
    except httpx.HTTPStatusError as e:
        if e.response.status_code == 404:
            raise HTTPException(status.HTTP_404_NOT_FOUND, "unknown user")
        raise HTTPException(status.HTTP_502_BAD_GATEWAY, "users-service returned an error")
    except (ValueError, LookupError, TypeError):
        raise HTTPException(status.HTTP_502_BAD_GATEWAY, "users-service returned nonsense")


async def user(request, uid):
    async with translated():
        u = await fetch_user(request.app.state.http, uid)
        return {"id": u["id"], "email": u["email"]}


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=status.HTTP_201_CREATED)
async def create(order: OrderIn, request: Request):
    who = await user(request, order.user_id)
    request.app.state.db.append(order)
    return {"id": len(request.app.state.db), "item": order.item, "user": who}


@app.get("/orders/{oid}")
async def read(oid: int, request: Request):
    db = request.app.state.db
    if not 0 < oid <= len(db):
        raise HTTPException(status.HTTP_404_NOT_FOUND, "unknown order")
    order = db[oid - 1]
    return {"id": oid, "item": order.item, "user": await user(request, order.user_id)}
