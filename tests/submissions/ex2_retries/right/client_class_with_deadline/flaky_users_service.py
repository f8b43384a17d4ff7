import os
import random
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Path

FAILURE_RATE = float(os.environ.get("FAILURE_RATE", "0.3"))
app = FastAPI()
DB = {uid: {"id": uid, "email": f"guest-{uid}@example.com", "nick": f"g{uid}"} for uid in range(1, 21)}


def dice() -> None:
    if random.randint(1, 10**9) <= FAILURE_RATE * 10**9:
        raise HTTPException(500, {"error": "bad luck"})


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/users/{uid}")
async def read(uid: Annotated[int, Path(description="who")], _: Annotated[None, Depends(dice)]):
    if uid not in DB:
        raise HTTPException(404, {"error": "who is that?"})
    return DB[uid]
