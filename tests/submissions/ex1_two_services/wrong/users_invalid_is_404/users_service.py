from fastapi import FastAPI, Response
import json

app = FastAPI()
people = {"1": "first@mail.test", "2": "second@mail.test", "3": "third@mail.test"}


def reply(status, data):
    return Response(json.dumps(data), status_code=status, media_type="application/json")


@app.get("/health")
async def health():
    return reply(200, {"status": "ok"})


@app.get("/users/{uid}")
async def get(uid: str):
    if uid not in people:
        return reply(404, {"detail": "nobody has this id"})
    return reply(200, {"id": int(uid), "email": people[uid]})
