from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()

EMAILS = ("nobody", "ivan@example.com", "judy@example.com", "mallory@example.com")


class NotHere(Exception):
    pass


@app.exception_handler(NotHere)
async def not_here(request: Request, exc: NotHere):
    return JSONResponse({"detail": f"{request.url.path} is not here"}, 404)


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/users/{uid}")
async def user(uid: int):
    if uid < 1 or uid >= len(EMAILS):
        raise NotHere
    return {"id": uid, "email": EMAILS[uid]}
