from __future__ import annotations

import os
import sqlite3
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from users_client import fetch_user

db = sqlite3.connect(":memory:", check_same_thread=False)
db.execute("create table orders (id integer primary key autoincrement, uid integer, item text)")


class In(BaseModel):
    user_id: int
    item: str


class User(BaseModel):
    id: int
    email: str


class Out(BaseModel):
    id: int
    item: str
    user: User


@asynccontextmanager
async def lifespan(app):
    app.state.client = httpx.AsyncClient(
        base_url=os.environ.get("USERS_URL", "http://127.0.0.1:8001"),
        timeout=float(os.environ.get("USERS_TIMEOUT", "2.0")),
        transport=httpx.AsyncHTTPTransport(),
    )
    yield
    await app.state.client.aclose()


app = FastAPI(lifespan=lifespan)


async def user(uid: int) -> User:
    try:
        return User.model_validate(await fetch_user(app.state.client, uid))
    except (httpx.HTTPError, ValueError) as error:
        raise HTTPException(code_for(error), f"users-service: {error!r}") from error


def code_for(error: Exception) -> int:
    if isinstance(error, httpx.TimeoutException):
        return 504
    if isinstance(error, httpx.NetworkError):
        return 503
    if isinstance(error, httpx.HTTPStatusError) and error.response.status_code == 404:
        return 404
    return 502


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def create(order: In) -> Out:
    who = await user(order.user_id)
    cursor = db.execute("insert into orders (uid, item) values (?, ?)", (order.user_id, order.item))
    return Out(id=cursor.lastrowid, item=order.item, user=who)


@app.get("/orders/{oid}")
async def read(oid: int) -> Out:
    row = db.execute("select uid, item from orders where id = ?", (oid,)).fetchone()
    if row is None:
        raise HTTPException(404, "no such order")
    return Out(id=oid, item=row[1], user=await user(row[0]))
