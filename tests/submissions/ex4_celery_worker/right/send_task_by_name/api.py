"""The API knows the worker by the name of its task only: it could run from another repository."""

import os

from celery import Celery
from celery.result import AsyncResult
from celery.states import FAILURE, SUCCESS
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")

producer = Celery("api", broker=REDIS_URL, backend=REDIS_URL)
producer.conf.result_backend_transport_options = {"retry_policy": {"max_retries": 2, "interval_start": 0.1, "interval_step": 0.1}}
producer.conf.task_publish_retry_policy = {"max_retries": 1}

app = FastAPI(title="Emails")


class EmailIn(BaseModel):
    to: str = Field(examples=["ada@example.com"])
    subject: str


class Queued(BaseModel):
    task_id: str


class Progress(Queued):
    state: str
    result: dict | str | None = None


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/emails", status_code=202, response_model=Queued)
def enqueue(email: EmailIn):
    try:
        task = producer.send_task("tasks.send_email", args=[email.to, email.subject])
    except Exception:
        raise HTTPException(status_code=503, detail="queue unavailable") from None
    return Queued(task_id=task.id)


@app.get("/emails/{task_id}", response_model=Progress)
def progress(task_id: str):
    result = AsyncResult(task_id, app=producer)
    state = result.state
    if state == SUCCESS:
        return Progress(task_id=task_id, state=state, result=result.result)
    if state == FAILURE:
        return Progress(task_id=task_id, state=state, result=str(result.result))
    return Progress(task_id=task_id, state=state)
