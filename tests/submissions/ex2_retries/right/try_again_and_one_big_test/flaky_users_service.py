import os
import random

from fastapi import FastAPI, HTTPException

app = FastAPI()
users = [{"id": i, "email": "u%d@x.org" % i} for i in range(4)]


class BadDay(Exception):
    pass


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/users/{uid}")
def get(uid: int):
    if random.random() < float(os.environ.get("FAILURE_RATE", 0.3)):
        raise BadDay("it is raining")
    found = [u for u in users if u["id"] == uid]
    if len(found) == 0:
        raise HTTPException(404, "nope")
    return found[0]
