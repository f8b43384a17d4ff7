from fastapi import FastAPI, HTTPException
from pydantic import BaseModel


class User(BaseModel):
    id: int
    email: str


app = FastAPI(title="users")
users = [
    User(id=1, email="alice@example.com"),
    User(id=2, email="bob@example.com"),
    User(id=3, email="carol@example.com"),
    User(id=4, email="dave@example.com"),
]


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/users/{uid}", response_model=User)
async def get_user(uid: int) -> User:
    for user in users:
        if user.id == uid:
            return user
    raise HTTPException(404, detail=f"User {uid} not found")
