"""orders-service: a stall that takes orders and asks the membership desk (users-service) who is ordering."""

import asyncio
import itertools
import os
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ValidationError

# Settings come from the environment and are read once, when the process starts.
# Whoever starts the service decides where the desk stands and how long the stall waits for it.
USERS_URL = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
USERS_TIMEOUT = float(os.environ.get("USERS_TIMEOUT", "2.0"))  # seconds


@asynccontextmanager
async def lifespan(app):
    # Stretch goal: one client for the whole life of the service keeps its connections open and uses them
    # again. A new client per call would build a TLS context and a connection each time (notebook 03).
    # trust_env=False: a proxy set on this machine must not stand between two neighbours.
    async with httpx.AsyncClient(base_url=USERS_URL, timeout=USERS_TIMEOUT, trust_env=False) as client:
        app.state.users = client
        yield


app = FastAPI(title="orders-service", lifespan=lifespan)


@app.get("/health")
async def health():
    return {"status": "ok"}


ORDERS = {}  # order id -> the order as it was placed
order_ids = itertools.count(1)  # next(order_ids) gives 1, then 2, then 3, …


class User(BaseModel):
    """What users-service tells about a user."""

    id: int
    email: str


class NewOrder(BaseModel):
    """What a customer sends."""

    user_id: int
    item: str


@app.post("/orders", status_code=201)
async def create_order(new: NewOrder):
    # First ask, then store: when fetch_user raises, no half-made order is left behind.
    user = await fetch_user(new.user_id)
    # The id is taken after the await. Other requests run while this one waits, so an id such as
    # len(ORDERS) + 1 that was worked out before it would be handed out twice.
    oid = next(order_ids)
    ORDERS[oid] = new
    return {"id": oid, "item": new.item, "user": user}


@app.get("/orders/{oid}")
async def read_order(oid: int):
    if oid not in ORDERS:
        raise HTTPException(404, f"there is no order {oid}")
    order = ORDERS[oid]
    # Only the user's id is kept. Who the user is, the desk knows best, and it may change.
    return {"id": oid, "item": order.item, "user": await fetch_user(order.user_id)}


async def fetch_user(uid: int) -> User:
    """Ask users-service for one user, and turn whatever goes wrong on the way into an honest answer."""
    try:
        # httpx counts each wait on the network by itself, so an answer that drips could take for ever.
        # This limit is for the whole call.
        async with asyncio.timeout(USERS_TIMEOUT):
            response = await app.state.users.get(f"/users/{uid}")
    # Every timeout of httpx: while connecting, sending, reading, or waiting for a free connection.
    except (TimeoutError, httpx.TimeoutException) as error:
        raise HTTPException(504, f"users-service did not answer within {USERS_TIMEOUT} s") from error
    # A refused connection is no timeout: it fails at once, with an exception of its own.
    except httpx.ConnectError as error:
        raise HTTPException(503, "users-service cannot be reached") from error
    # The rest: somebody was there, but the connection broke or what came cannot be read.
    except httpx.RequestError as error:
        raise HTTPException(502, "users-service broke off its answer") from error

    # Checked before the other errors, as this one is the customer's and not the desk's.
    if response.status_code == 404:
        raise HTTPException(404, f"there is no user {uid}")
    if not response.is_success:
        raise HTTPException(502, f"users-service answered {response.status_code}")
    try:
        # strict: "7" is not the integer 7. No JSON at all is a ValidationError, too.
        return User.model_validate_json(response.content, strict=True)
    except ValidationError as error:
        raise HTTPException(502, "users-service answered with something that is no user") from error
