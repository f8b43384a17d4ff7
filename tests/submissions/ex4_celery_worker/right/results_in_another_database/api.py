import asyncio

from celery.exceptions import OperationalError
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from tasks import app as celery_app
from tasks import send_email

celery_app.conf.result_backend_transport_options = {"retry_policy": {"timeout": 0.5}}
celery_app.conf.broker_connection_timeout = 1
app = FastAPI()


class Email(BaseModel):
    to: str
    subject: str


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/emails", status_code=202)
async def post(email: Email):
    try:
        result = await asyncio.to_thread(send_email.delay, email.to, subject=email.subject)
    except (OperationalError, RuntimeError):
        raise HTTPException(503, "broker is down")
    return {"task_id": result.id}


def look_up(task_id):
    result = celery_app.AsyncResult(task_id)
    meta = result.backend.get_task_meta(task_id)
    state, value = meta["status"], meta["result"]
    if state == "FAILURE":
        value = str(value)
    elif state != "SUCCESS":
        value = None
    return {"task_id": task_id, "state": state, "result": value}


@app.get("/emails/{task_id}")
async def get(task_id: str):
    return await asyncio.to_thread(look_up, task_id)
