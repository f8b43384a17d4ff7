"""orders-service: the stall of exercise 1, which now asks the desk through users_client."""

import itertools
import os
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from users_client import fetch_user

# Settings come from the environment and are read once, when the process starts.
USERS_URL = os.environ["USERS_URL"]
USERS_TIMEOUT = float(os.environ["USERS_TIMEOUT"])  # seconds, for each attempt


@asynccontextmanager
async def lifespan(app):
    # One client for the whole life of the service. It knows where the desk stands and how long to wait for it.
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
    user = await find_user(new.user_id)
    oid = next(order_ids)
    ORDERS[oid] = new
    return {"id": oid, "item": new.item, "user": user}


@app.get("/orders/{oid}")
async def read_order(oid: int):
    if oid not in ORDERS:
        raise HTTPException(404, f"there is no order {oid}")
    order = ORDERS[oid]
    return {"id": oid, "item": order.item, "user": await find_user(order.user_id)}


async def find_user(uid: int) -> User:
    """Ask users-service for one user, and turn whatever is wrong in the end into an honest answer."""
    try:
        return User.model_validate(await fetch_user(app.state.users, uid), strict=True)
    # There was an answer, and its status says no. After three attempts a 5xx is still one; a 404 came after one.
    except httpx.HTTPStatusError as error:
        if error.response.status_code == 404:
            raise HTTPException(404, f"there is no user {uid}") from error
        raise HTTPException(502, f"users-service answered {error.response.status_code}") from error
    # There was no answer, three times. The last attempt decides what the customer is told.
    except httpx.TimeoutException as error:
        raise HTTPException(504, f"users-service did not answer within {USERS_TIMEOUT} s") from error
    except httpx.ConnectError as error:
        raise HTTPException(503, "users-service cannot be reached") from error
    except httpx.RequestError as error:
        raise HTTPException(502, "users-service broke off its answer") from error
    # No JSON is a ValueError, and so is pydantic's ValidationError. fetch_user does not try that again.
    except ValueError as error:
        raise HTTPException(502, "users-service answered with something that is no user") from error
