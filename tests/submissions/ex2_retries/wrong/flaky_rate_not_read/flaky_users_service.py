"""flaky users-service: the membership desk on a bad day. Now and then it drops a question and answers 500."""

import os
import random
from fastapi import FastAPI, HTTPException

app = FastAPI(title="flaky users-service")

# The members, as in exercise 1.
USERS = {
    1: {"id": 1, "email": "ada@example.com"},
    2: {"id": 2, "email": "grace@example.com"},
    3: {"id": 3, "email": "alan@example.com"},
}


@app.get("/health")
async def health():
    return {"status": "ok"}


FAILURE_RATE = 0.3


@app.get("/users/{uid}")
async def read_user(uid: int):
    if random.random() < FAILURE_RATE:
        raise HTTPException(500, "sorry, what was that?")
    if uid not in USERS:
        raise HTTPException(404, "no such user")
    return USERS[uid]
