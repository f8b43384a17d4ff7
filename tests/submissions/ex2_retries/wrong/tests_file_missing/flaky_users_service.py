import os
import random

from fastapi import FastAPI, HTTPException

app = FastAPI(title="flaky users-service")
FAILURE_RATE = float(os.environ.get("FAILURE_RATE", "0.3"))
USERS = {i: {"id": i, "email": f"{name}@example.com"} for i, name in enumerate(["ada", "grace", "alan"], start=1)}


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/users/{uid}")
async def read_user(uid: int):
    if random.random() < FAILURE_RATE:
        raise HTTPException(500, "try again")
    user = USERS.get(uid)
    if not user:
        raise HTTPException(404, f"there is no user {uid}")
    return user
