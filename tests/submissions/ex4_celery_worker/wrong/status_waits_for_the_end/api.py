import asyncio

from celery.result import AsyncResult
from fastapi import FastAPI, HTTPException
from kombu.exceptions import OperationalError
from pydantic import BaseModel
from tasks import app as queue
from tasks import send_email

queue.conf.update(
    result_backend_transport_options={"retry_policy": {"timeout": 0.5}},
    broker_transport_options={"max_retries": 0},
    task_publish_retry=False,
)
app = FastAPI(title="emails")


class Email(BaseModel):
    to: str
    subject: str


class Status(BaseModel):
    task_id: str
    state: str
    result: dict | str | None = None


@app.get("/health")
async def health() -> dict:
    return {"status": "ok"}


@app.post("/emails", status_code=202)
async def send(email: Email) -> dict:
    try:
        sent = await asyncio.to_thread(send_email.apply_async, kwargs=email.model_dump())
    except (OperationalError, RuntimeError) as error:
        raise HTTPException(503, str(error)) from error
    return {"task_id": sent.id}


@app.get("/emails/{task_id}")
async def status(task_id: str) -> Status:
    return await asyncio.to_thread(look, task_id)


def look(task_id):
    found = AsyncResult(task_id, app=queue)
    result = found.get(propagate=False)
    return Status(task_id=task_id, state=found.state, result=result if found.successful() else str(result))
