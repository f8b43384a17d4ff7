from typing import Annotated

from fastapi import FastAPI, HTTPException, Path
from pydantic import BaseModel, EmailStr


class User(BaseModel):
    id: int
    email: EmailStr


class Health(BaseModel):
    status: str = "ok"


DB: dict[int, User] = {n: User(id=n, email=f"{name}@food.example.com") for n, name in enumerate(["kim", "lee", "max"], 1)}

app = FastAPI()


@app.get("/health")
async def health() -> Health:
    return Health()


@app.get("/users/{uid}", responses={404: {"description": "no such user"}})
async def user(uid: Annotated[int, Path(description="the user's number")]) -> User:
    try:
        return DB[uid]
    except KeyError:
        raise HTTPException(404, "no such user") from None
