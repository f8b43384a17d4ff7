import os
import sqlite3
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

USERS_URL = os.environ["USERS_URL"]
USERS_TIMEOUT = float(os.environ["USERS_TIMEOUT"])


def connect():
    db = sqlite3.connect("orders.db", isolation_level=None)
    db.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER, item TEXT)")
    return db


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.db = connect()
    app.state.http = httpx.AsyncClient(base_url=USERS_URL, timeout=USERS_TIMEOUT)
    yield
    await app.state.http.aclose()
    app.state.db.close()


app = FastAPI(lifespan=lifespan)


class NewOrder(BaseModel):
    user_id: int
    item: str


async def user(uid: int):
    try:
        answer = await app.state.http.get(f"/users/{uid}")
    except httpx.TimeoutException:
        raise HTTPException(504, "users-service is too slow")
    except httpx.TransportError:
        raise HTTPException(503, "users-service is down")
    if answer.status_code == 404:
        raise HTTPException(404, "no such user")
    if answer.status_code >= 300:
        raise HTTPException(502, "users-service is broken")
    try:
        data = answer.json()
    except ValueError:
        data = None
    if not isinstance(data, dict) or "id" not in data or "email" not in data:
        raise HTTPException(502, "users-service is broken")
    return {"id": data["id"], "email": data["email"]}


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create(order: NewOrder):
    who = await user(order.user_id)
    cursor = app.state.db.execute("INSERT INTO orders (user_id, item) VALUES (?, ?)", (order.user_id, order.item))
    return {"id": cursor.lastrowid, "item": order.item, "user": who}


@app.get("/orders/{oid}")
async def read(oid: int):
    row = app.state.db.execute("SELECT user_id, item FROM orders WHERE id = ?", (oid,)).fetchone()
    if row is None:
        raise HTTPException(404, "no such order")
    return {"id": oid, "item": row[1], "user": await user(row[0])}
