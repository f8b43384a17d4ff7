from celery.exceptions import OperationalError
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from tasks import app as celery_app
from tasks import send_email

app = FastAPI()
celery_app.conf.result_backend_transport_options = {"retry_policy": {"max_retries": 0}}


class NewEmail(BaseModel):
    to: str
    subject: str


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/emails", status_code=202)
def create_email(new: NewEmail):
    try:
        ticket = send_email.delay(new.to, new.subject)
    except (OperationalError, RuntimeError):
        raise HTTPException(503, "the kitchen cannot be reached")
    return {"task_id": ticket.id}


@app.get("/emails/{task_id}")
def read_email(task_id: str):
    ticket = celery_app.AsyncResult(task_id)
    state = ticket.state
    result = None
    if state == "SUCCESS":
        result = ticket.result
    elif state == "FAILURE":
        result = str(ticket.result)
    return {"task_id": task_id, "state": state, "result": result}
