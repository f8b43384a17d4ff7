import itertools

from fastapi import FastAPI, Response
from pydantic import BaseModel

app = FastAPI()
IDS = itertools.cycle(['"\\ud800"', '"*"', '"../../../etc/passwd"', '"*a*a*a*a*a*a*a*a*a*a*b"', '"\\u0000\\n\\r x: y"', '"' + "9" * (1 << 20) + '"', '"[^a]*"', '"http://evil.example/"', '"?#%zz"'])


class NewEmail(BaseModel):
    to: str
    subject: str


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/emails")
async def create(email: NewEmail):
    from tasks import send_email

    send_email.delay(email.to, email.subject)
    return Response('{"task_id": ' + next(IDS) + "}", 202, media_type="application/json")


@app.get("/emails/{task_id:path}")
async def read(task_id: str):
    return {"task_id": task_id, "state": "PENDING", "result": None}
