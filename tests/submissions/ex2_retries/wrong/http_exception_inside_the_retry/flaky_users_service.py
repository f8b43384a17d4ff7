import os
import random
from fastapi import FastAPI, HTTPException

app = FastAPI()
known = [1, 2, 3, 4, 5]
failure_rate = float(os.environ.get("FAILURE_RATE", "0.3"))


@app.middleware("http")
async def sometimes_fail(request, call_next):
    from starlette.responses import JSONResponse
    if request.url.path.startswith("/users/") and random.random() < failure_rate:
        return JSONResponse({"detail": "random failure"}, status_code=500)
    return await call_next(request)


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/users/{uid}")
async def get_user(uid: int):
    if uid in known:
        return {"id": uid, "email": "user%d@mail.test" % uid}
    raise HTTPException(status_code=404, detail="User not found")
