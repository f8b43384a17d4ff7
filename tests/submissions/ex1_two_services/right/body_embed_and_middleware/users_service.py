import uvicorn
from fastapi import FastAPI, HTTPException

app = FastAPI(title="Users", version="1.0.0")

fake_users_db = [
    {"id": 1, "email": "u1@example.com", "name": "User One"},
    {"id": 2, "email": "u2@example.com", "name": "User Two"},
    {"id": 3, "email": "u3@example.com", "name": "User Three"},
]


@app.get("/")
def root():
    return {"message": "Hello World"}


@app.get("/health")
def health_check():
    return {"status": "ok", "users": len(fake_users_db)}


@app.get("/users")
def list_users():
    return fake_users_db


@app.get("/users/{uid}")
def read_user(uid: int):
    matches = [u for u in fake_users_db if u["id"] == uid]
    if not matches:
        raise HTTPException(status_code=404, detail="Not found")
    return matches[0]


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=8001)
