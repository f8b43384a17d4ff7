import itertools
import os

from fastapi import FastAPI, HTTPException

app = FastAPI()
FAILURE_RATE = float(os.environ.get("FAILURE_RATE", "0.3"))
USERS = {1: "ada@example.com", 2: "grace@example.com", 3: "alan@example.com"}
calls = itertools.count(1)


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/users/{uid}")
async def read_user(uid: int):
    n = next(calls)
    # fails whenever the share of failures would fall below the rate
    if int(n * FAILURE_RATE) > int((n - 1) * FAILURE_RATE):
        raise HTTPException(500, "sorry")
    if uid not in USERS:
        raise HTTPException(404, "no such user")
    return {"id": uid, "email": USERS[uid]}
