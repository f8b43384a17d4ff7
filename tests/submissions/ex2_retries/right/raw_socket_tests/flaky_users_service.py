import os
import random
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.rate = float(os.environ.get("FAILURE_RATE", "0.3"))
    app.state.users = {n: {"id": n, "email": f"{n}@food.court"} for n in (1, 2, 3)}
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/health", status_code=200)
async def health(request: Request):
    return {"status": "ok", "users": len(request.app.state.users)}


@app.get("/users/{uid}")
async def users(uid: int, request: Request):
    fails = random.random() < request.app.state.rate
    if fails:
        raise HTTPException(status_code=500)
    if (user := request.app.state.users.get(uid)) is None:
        raise HTTPException(status_code=404)
    return user
