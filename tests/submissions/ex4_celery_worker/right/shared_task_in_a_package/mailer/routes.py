from typing import Annotated, Literal

from celery.exceptions import OperationalError
from celery.result import AsyncResult
from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict

from mailer.jobs import send_email
from tasks import app as celery_app

celery_app.conf.result_backend_transport_options = {"retry_policy": {"max_retries": 0}}
router = APIRouter()


class NewEmail(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    to: str
    subject: str


class Accepted(BaseModel):
    task_id: str


class SentEmail(BaseModel):
    to: str
    subject: str
    status: Literal["sent"]


class Status(BaseModel):
    task_id: str
    state: str
    result: SentEmail | str | None


def ticket(task_id: str) -> AsyncResult:
    return AsyncResult(task_id, app=celery_app)


@router.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@router.post("/emails", status_code=202)
def create(email: NewEmail) -> Accepted:
    try:
        return Accepted(task_id=send_email.delay(**email.model_dump()).id)
    except (OperationalError, RuntimeError) as error:
        raise HTTPException(503, "queue is down") from error


@router.get("/emails/{task_id}")
def read(task_id: str, found: Annotated[AsyncResult, Depends(ticket)]) -> Status:
    state = found.state
    result = None
    match state:
        case "SUCCESS":
            result = found.result
        case "FAILURE":
            result = str(found.result)
    return Status(task_id=task_id, state=state, result=result)
