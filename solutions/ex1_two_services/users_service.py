"""users-service: the membership desk of the food court. It knows who is who."""

from fastapi import FastAPI, HTTPException

app = FastAPI(title="users-service")

# The members. A real desk would ask a database.
USERS = {
    1: {"id": 1, "email": "ada@example.com"},
    2: {"id": 2, "email": "grace@example.com"},
    3: {"id": 3, "email": "alan@example.com"},
}


@app.get("/health")
async def health():
    return {"status": "ok"}


# The annotation does two jobs: "1" arrives as 1, and "abc" never arrives, FastAPI answers 422.
@app.get("/users/{uid}")
async def read_user(uid: int):
    # Without this the KeyError would come out as a 500: "the desk is broken", which is not true.
    if uid not in USERS:
        raise HTTPException(404, f"there is no user {uid}")
    return USERS[uid]
