from fastapi import FastAPI, HTTPException

api = FastAPI()

USERS = {
    1: {"id": 1, "email": "anna@foodcourt.test"},
    2: {"id": 2, "email": "ben@foodcourt.test"},
    3: {"id": 3, "email": "chen@foodcourt.test"},
}


@api.get("/health")
def health():
    return {"status": "ok"}


@api.get("/users/{uid}")
def get_user(uid: int):
    user = USERS.get(uid)
    if user is None:
        raise HTTPException(status_code=404, detail="User not found")
    return user
