import os
from threading import Lock

import requests
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

users_url = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
users_timeout = float(os.environ.get("USERS_TIMEOUT", "2.0"))

session = requests.Session()
app = FastAPI()
orders = []
adding = Lock()


class Order(BaseModel):
    user_id: int
    item: str


def get_user(user_id: int):
    try:
        response = session.get(f"{users_url}/users/{user_id}", timeout=users_timeout)
        response.raise_for_status()
        user = response.json()
        return {"id": user["id"], "email": user["email"]}
    except requests.Timeout:
        raise HTTPException(504, "users-service timeout")
    except requests.HTTPError as e:
        if e.response.status_code == 404:
            raise HTTPException(404, "user not found")
        raise HTTPException(502, "users-service error")
    except requests.JSONDecodeError:
        raise HTTPException(502, "users-service error")
    except requests.RequestException:
        raise HTTPException(503, "users-service not available")
    except (KeyError, TypeError):
        raise HTTPException(502, "users-service error")


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
def create_order(order: Order):
    user = get_user(order.user_id)
    with adding:
        oid = len(orders)
        orders.append(order)
    return {"id": oid, "item": order.item, "user": user}


@app.get("/orders/{oid}")
def get_order(oid: int):
    if not 0 <= oid < len(orders):
        raise HTTPException(404, "order not found")
    order = orders[oid]
    return {"id": oid, "item": order.item, "user": get_user(order.user_id)}
