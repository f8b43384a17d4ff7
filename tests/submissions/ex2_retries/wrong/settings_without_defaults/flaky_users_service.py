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
    # No dice here: a desk that fails is not a desk that is closed.
    return {"status": "ok"}


# How bad the day is: 0 never fails, 1 always fails. The environment holds text, so "0.5" must become a number.
FAILURE_RATE = float(os.environ["FAILURE_RATE"])


@app.get("/users/{uid}")
async def read_user(uid: int):
    # random() is never 1, and it can be 0. With < (not <=) a rate of 0 never fails, and a rate of 1 always does.
    if random.random() < FAILURE_RATE:
        raise HTTPException(500, "the desk dropped your question")
    if uid not in USERS:
        raise HTTPException(404, f"there is no user {uid}")
    return USERS[uid]
