import os
import random

from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()
rate = float(os.environ.get("FAILURE_RATE", 0.3))

people = {1: "anna@foodcourt.test", 2: "ben@foodcourt.test", 3: "chen@foodcourt.test", 4: "dora@foodcourt.test"}


def bad_day():
    if random.uniform(0, 1) < rate:
        raise HTTPException(status_code=500, detail="bad day")


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/users/{uid}", dependencies=[Depends(bad_day)])
def user(uid: int):
    if uid not in people:
        raise HTTPException(status_code=404, detail="no such user")
    return {"id": uid, "email": people[uid]}
