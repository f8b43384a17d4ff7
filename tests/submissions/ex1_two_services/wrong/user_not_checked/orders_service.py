import json
import os

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

USERS_URL = os.environ.get("USERS_URL") or "http://127.0.0.1:8001"
USERS_TIMEOUT = float(os.environ.get("USERS_TIMEOUT") or 2.0)

app = FastAPI()
client = httpx.AsyncClient(timeout=httpx.Timeout(USERS_TIMEOUT))
orders = {}


def error(status, text):
    return JSONResponse({"detail": text}, status_code=status)


async def lookup(user_id):
    """Returns (user, None) or (None, error response)."""
    try:
        r = await client.get(USERS_URL + "/users/" + str(user_id))
    except httpx.TimeoutException:
        return None, error(504, "users-service timed out")
    except httpx.TransportError:
        return None, error(503, "users-service unavailable")
    if r.status_code == 404:
        return None, error(404, "no such user")
    if r.status_code != 200:
        return None, error(502, "users-service returned " + str(r.status_code))
    try:
        user = json.loads(r.text)
    except ValueError:
        return None, error(502, "users-service returned no JSON")
    return user, None


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/orders")
async def create(request: Request):
    try:
        body = await request.json()
    except ValueError:
        return error(422, "the body is not JSON")
    if not isinstance(body, dict):
        return error(422, "the body is not an object")
    user_id = body.get("user_id")
    item = body.get("item")
    if not isinstance(user_id, int) or not isinstance(item, str):
        return error(422, "user_id must be a number and item a text")
    user, problem = await lookup(user_id)
    if problem:
        return problem
    number = len(orders) + 1
    orders[number] = (user_id, item)
    return JSONResponse({"id": number, "item": item, "user": user}, status_code=201)


@app.get("/orders/{oid}")
async def read(oid: int):
    if oid not in orders:
        return error(404, "no such order")
    user_id, item = orders[oid]
    user, problem = await lookup(user_id)
    if problem:
        return problem
    return {"id": oid, "item": item, "user": user}
