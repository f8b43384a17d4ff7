import uuid

from fastapi import FastAPI, HTTPException
from kombu.exceptions import KombuError
from pydantic import BaseModel, StrictStr
from tasks import app as celery_app
from tasks import send_email

celery_app.conf.result_backend_transport_options = {"retry_policy": {"max_retries": 1}}
app = FastAPI()


class Email(BaseModel):
    to: StrictStr
    subject: StrictStr


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/emails", status_code=202)
def create(email: Email):
    task_id = f"email-{uuid.uuid4()}"
    try:
        send_email.apply_async((email.to, email.subject), task_id=task_id)
    except (OSError, RuntimeError, KombuError):
        raise HTTPException(503, "broker down")
    return {"task_id": task_id}


@app.get("/emails/{task_id}")
def read(task_id: str):
    found = celery_app.AsyncResult(task_id)
    state = found.state
    result = None
    if state == "SUCCESS":
        result = found.result
    elif state == "FAILURE":
        result = str(found.result) or "failed"
    return {"task_id": task_id, "state": state, "result": result}
