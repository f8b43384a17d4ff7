from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI, HTTPException


@dataclass(frozen=True, slots=True)
class User:
    id: int
    email: str


class Desk:
    def __init__(self, *users: User) -> None:
        self._users = {user.id: user for user in users}

    def find(self, uid: int) -> User:
        try:
            return self._users[uid]
        except KeyError as error:
            raise HTTPException(404, {"reason": "unknown user", "uid": uid}) from error


desk = Desk(User(1, "x@example.net"), User(2, "y@example.net"), User(3, "z@example.net"))
app = FastAPI()


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/users/{uid}")
async def user(uid: int) -> User:
    return desk.find(uid)
