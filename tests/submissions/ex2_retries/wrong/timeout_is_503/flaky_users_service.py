import os
import secrets

from fastapi import FastAPI, HTTPException, status


class Desk:
    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.members = {
            1: {"id": 1, "email": "lin@example.com", "since": 2019},
            2: {"id": 2, "email": "mae@example.com", "since": 2021},
            3: {"id": 3, "email": "noa@example.com", "since": 2024},
        }

    def drops_it(self) -> bool:
        return secrets.randbelow(1_000_000) < self.rate * 1_000_000

    def find(self, uid: int) -> dict:
        if self.drops_it():
            raise HTTPException(status.HTTP_500_INTERNAL_SERVER_ERROR, "dropped")
        try:
            return self.members[uid]
        except KeyError:
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"no member {uid}") from None


desk = Desk(float(os.environ.get("FAILURE_RATE", "0.3")))
app = FastAPI()


@app.get("/health")
async def health():
    return {"status": "ok", "failure_rate": desk.rate}


@app.get("/users/{uid}")
async def member(uid: int):
    return desk.find(uid)
