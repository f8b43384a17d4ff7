import os
import time

import httpx
import uvicorn
from fastapi import Body, FastAPI, HTTPException, Request

app = FastAPI(title="Orders", version="1.0.0")
fake_orders_db = []


@app.middleware("http")
async def add_process_time_header(request: Request, call_next):
    start = time.time()
    response = await call_next(request)
    response.headers["X-Process-Time"] = f"{time.time() - start:.4f}"
    return response


class UsersServiceError(HTTPException):
    def __init__(self, status_code: int):
        super().__init__(status_code, "users-service did not give a proper answer")


async def get_user(user_id: int):
    base = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
    timeout = float(os.environ.get("USERS_TIMEOUT", "2.0"))
    async with httpx.AsyncClient(verify=False) as client:
        try:
            resp = await client.get(f"{base}/users/{user_id}", timeout=timeout)
            resp.raise_for_status()
        except httpx.HTTPStatusError:
            if resp.status_code == 404:
                raise HTTPException(404, "User not found")
            raise UsersServiceError(502)
        except httpx.TimeoutException:
            raise UsersServiceError(504)
        except httpx.RequestError:
            raise UsersServiceError(503)
    try:
        user = resp.json()
    except ValueError:
        raise UsersServiceError(502)
    if isinstance(user, dict) and {"id", "email"}.issubset(user):
        return user
    raise UsersServiceError(502)


@app.get("/")
def root():
    return {"message": "Orders"}


@app.get("/health")
def health_check():
    return {"status": "ok"}


@app.get("/orders")
def list_orders():
    return fake_orders_db


@app.post("/orders", status_code=201)
async def create_order(user_id: int = Body(...), item: str = Body(...)):
    user = await get_user(user_id)
    order = {"id": len(fake_orders_db) + 1, "item": item, "user_id": user_id, "created": time.time()}
    fake_orders_db.append(order)
    return {**order, "user": user}


@app.get("/orders/{oid}")
async def read_order(oid: int):
    for order in fake_orders_db:
        if order["id"] == oid:
            return {**order, "user": await get_user(order["user_id"])}
    raise HTTPException(404, "Order not found")


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8002)
