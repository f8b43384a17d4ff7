from fastapi import FastAPI, HTTPException

from models import Health, User

app = FastAPI()
USERS = {user.id: user for user in (User(id=1, email="a@example.com"), User(id=2, email="b@example.com"), User(id=3, email="c@example.com"))}


@app.get("/health", response_model=Health)
async def health():
    return Health(status="ok")


@app.get("/users/{uid}", response_model=User)
async def read_user(uid: int):
    if user := USERS.get(uid):
        return user
    raise HTTPException(404, detail="user not found")
