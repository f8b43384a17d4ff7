from fastapi import FastAPI, HTTPException

app = FastAPI()

USERS = {
    1: {"id": 1, "email": "anna@foodcourt.test"},
    2: {"id": 2, "email": "ben@foodcourt.test"},
    3: {"id": 3, "email": "chen@foodcourt.test"},
}


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/users/{uid}")
def get_user(uid: int):
    user = USERS.get(uid)
    if user is None:
        raise HTTPException(status_code=404, detail="User not found")
    return user
