import random

from fastapi import APIRouter, FastAPI, HTTPException, Request

from stall.settings import number

router = APIRouter()
EMAILS = {1: "ines@example.com", 2: "jo@example.com", 3: "kim@example.com"}


@router.get("/health")
async def health():
    return {"status": "ok"}


@router.get("/users/{uid}")
async def user(uid: int, request: Request):
    state = request.app.state
    if state.dice.random() < state.failure_rate:
        raise HTTPException(500, "dropped")
    if uid in EMAILS:
        return {"id": uid, "email": EMAILS[uid]}
    raise HTTPException(404, "unknown")


def make_app() -> FastAPI:
    app = FastAPI()
    app.state.failure_rate = number("FAILURE_RATE", 0.3)
    app.state.dice = random.Random()
    app.include_router(router)
    return app
