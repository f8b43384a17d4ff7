from os import getenv
from random import random

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import HTTPException

router = APIRouter()
FAILURE_RATE = float(getenv("FAILURE_RATE") or "0.3")
EMAILS = ["", "one@example.net", "two@example.net", "three@example.net"]


@router.get("/users/{uid}")
async def user(uid: int):
    if not 1 <= uid < len(EMAILS):
        raise HTTPException(404, "unknown")
    if random() >= FAILURE_RATE:
        return {"id": uid, "email": EMAILS[uid]}
    raise HTTPException(500, "internal error, please ask again")


@router.get("/health")
async def health():
    return {"status": "ok"}


app = FastAPI()
app.include_router(router)
