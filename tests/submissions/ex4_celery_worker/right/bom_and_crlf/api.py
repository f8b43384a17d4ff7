from celery.exceptions import OperationalError
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from tasks import app as celery_app
from tasks import email as task

app = FastAPI()
celery_app.conf.result_backend_transport_options = {"retry_policy": {"max_retries": 0}}
celery_app.conf.task_publish_retry_policy = {"max_retries": 2, "interval_start": 0.2, "interval_step": 0.2}


class Email(BaseModel):
    to: str
    subject: str


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/emails", status_code=202)
def create(email: Email):
    for attempt in (1, 2):
        try:
            return {"task_id": task.delay(email.to, email.subject).id}
        except (OperationalError, RuntimeError):
            continue
    raise HTTPException(503, "tried twice")


@app.get("/emails/{task_id}")
def read(task_id: str):
    r = celery_app.AsyncResult(task_id)
    s = r.state
    return {"task_id": task_id, "state": s, "result": r.result if s == "SUCCESS" else str(r.result) if s == "FAILURE" else None}
