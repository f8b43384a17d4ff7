import os

import httpx
from fastapi import FastAPI, HTTPException, Request
from users_client import fetch_user

app = FastAPI()
orders = []
client = None


def users():
    global client
    if client is None:
        client = httpx.AsyncClient(
            base_url=os.environ.get("USERS_URL", "http://127.0.0.1:8001"),
            timeout=float(os.environ.get("USERS_TIMEOUT", 2.0)),
        )
    return client


@app.get("/health")
async def health():
    return {}


async def who(uid):
    try:
        user = await fetch_user(users(), uid)
        return {"id": user["id"], "email": user["email"]}
    except httpx.ReadTimeout:
        code = 504
    except httpx.TimeoutException:
        code = 504
    except httpx.ConnectError:
        code = 503
    except httpx.HTTPStatusError as e:
        code = 404 if e.response.status_code == 404 else 502
    except Exception:
        code = 502
    raise HTTPException(code, "users-service")


@app.post("/orders", status_code=201)
async def post(request: Request):
    try:
        body = await request.json()
        uid, item = body["user_id"], body["item"]
        assert type(uid) is int and type(item) is str
    except Exception:
        raise HTTPException(422, "user_id and item, please")
    user = await who(uid)
    orders.append((uid, item))
    return {"id": len(orders) - 1, "item": item, "user": user}


@app.get("/orders/{oid}")
async def get(oid: int):
    if oid < 0 or oid >= len(orders):
        raise HTTPException(404, "no")
    return {"id": oid, "item": orders[oid][1], "user": await who(orders[oid][0])}
