from __future__ import annotations

import logging

from celery.exceptions import CeleryError
from celery.result import AsyncResult
from fastapi import FastAPI, HTTPException, status
from kombu.exceptions import KombuError
from pydantic import BaseModel
from tasks import app as celery_app
from tasks import send_email

logger = logging.getLogger("uvicorn.error")
celery_app.conf.result_backend_transport_options = {"retry_policy": {"max_retries": 1, "interval_start": 0.2}}
app = FastAPI()


class NewEmail(BaseModel):
    to: str
    subject: str


class Ticket(BaseModel):
    task_id: str


class State(Ticket):
    state: str
    result: dict[str, str] | str | None = None


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/emails", status_code=status.HTTP_202_ACCEPTED)
def create_email(new: NewEmail) -> Ticket:
    try:
        sent: AsyncResult = send_email.apply_async(args=(new.to,), kwargs={"subject": new.subject}, ignore_result=False)
    except (KombuError, CeleryError, RuntimeError) as error:
        logger.exception("cannot enqueue")
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "cannot enqueue") from error
    return Ticket(task_id=sent.id)


@app.get("/emails/{task_id}")
def read_email(task_id: str) -> State:
    found = AsyncResult(task_id, app=celery_app)
    answer = State(task_id=task_id, state=found.state)
    if answer.state == "SUCCESS":
        answer.result = found.result
    elif answer.state == "FAILURE":
        answer.result = str(found.result)
    return answer
