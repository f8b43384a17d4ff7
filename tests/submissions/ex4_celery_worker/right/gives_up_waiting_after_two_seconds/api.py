import asyncio

from fastapi import FastAPI, HTTPException
from kombu.exceptions import OperationalError
from pydantic import BaseModel
from tasks import app as celery
from tasks import send_email

app = FastAPI()


class Email(BaseModel):
    to: str
    subject: str


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/emails", status_code=202)
async def create(email: Email):
    try:
        result = await asyncio.wait_for(asyncio.to_thread(send_email.delay, email.to, email.subject), timeout=2)
    except (TimeoutError, OperationalError, RuntimeError) as error:
        raise HTTPException(503, "queue unavailable") from error
    return {"task_id": result.id}


@app.get("/emails/{task_id}")
async def read(task_id: str):
    result = celery.AsyncResult(task_id)
    state = await asyncio.to_thread(lambda: result.state)
    value = None
    if state in ("SUCCESS", "FAILURE"):
        value = result.result if state == "SUCCESS" else f"{result.result}"
    return {"task_id": task_id, "state": state, "result": value}
