import json
import os
import socket
import urllib.error
import urllib.request
from http.client import HTTPException as BrokenHTTP

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

BASE = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
SECONDS = float(os.environ.get("USERS_TIMEOUT", "2.0"))

app = FastAPI()
orders = {}


class OrderIn(BaseModel):
    user_id: int
    item: str


def download(url):
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:
            return answer.read()
    except urllib.error.HTTPError as e:
        raise HTTPException(404 if e.code == 404 else 502, f"users-service: {e.code}")
    except urllib.error.URLError as e:
        if isinstance(e.reason, socket.timeout):
            raise HTTPException(504, "users-service: too slow")
        raise HTTPException(503, f"users-service: {e.reason}")
    except socket.timeout:
        raise HTTPException(504, "users-service: too slow")
    except (BrokenHTTP, OSError):
        raise HTTPException(503, "users-service: connection lost")


def user(uid):
    raw = download(f"{BASE}/users/{uid}")
    try:
        data = json.loads(raw)
        return {"id": data["id"], "email": data["email"]}
    except (ValueError, KeyError, TypeError):
        raise HTTPException(502, "users-service: not a user")


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
def create(order: OrderIn):
    who = user(order.user_id)
    oid = id(order)
    orders[oid] = order
    return {"id": oid, "item": order.item, "user": who}


@app.get("/orders/{oid}")
def read(oid: int):
    order = orders.get(oid)
    if order is None:
        return Response(status_code=404)
    return {"id": oid, "item": order.item, "user": user(order.user_id)}
