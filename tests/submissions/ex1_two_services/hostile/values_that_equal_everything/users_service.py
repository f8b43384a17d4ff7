from fastapi import FastAPI, Response

app = FastAPI()


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/users/{uid}")
async def user(uid: int):
    if uid > 1_000_000:
        return Response('{"detail": NaN, "detail": ' + "[" * 900 + "]" * 900 + "}", 404, media_type="application/json")
    body = {1: '{"id": NaN, "id": true, "email": "a"}', 2: '{"id": 2.0000000000000001, "email": "a"}', 3: '{"id": 1e999}'}
    return Response(body[uid], media_type="application/json")
