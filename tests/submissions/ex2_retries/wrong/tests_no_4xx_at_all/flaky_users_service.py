"""Users, but moody."""
from os import environ
from random import SystemRandom

from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel


class User(BaseModel):
    id: int
    email: str
    name: str = "somebody"


MOOD = SystemRandom()
USERS = [User(id=n, email=f"user{n}@example.org") for n in range(1, 11)]
app = FastAPI()


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/users/{uid}", response_model=User)
async def get_user(uid: int):
    # the rate is the share of bad answers
    if MOOD.random() < float(environ.get("FAILURE_RATE", "0.3")):
        return JSONResponse({"error": "moody"}, status_code=500)
    for user in USERS:
        if user.id == uid:
            return user
    raise HTTPException(404, "not here")
