import celery.states
from fastapi import FastAPI, HTTPException
from kombu.exceptions import OperationalError
from pydantic import BaseModel
from redis.exceptions import ConnectionError as RedisConnectionError
from tasks import app as celery_app
from tasks import send_email

app = FastAPI()


class Email(BaseModel):
    to: str
    subject: str


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/emails", status_code=202)
def create(email: Email):
    try:
        with celery_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0.1, timeout=1)
            result = send_email.apply_async(args=[email.to, email.subject], connection=connection, retry=False)
    except (OperationalError, RedisConnectionError) as error:
        raise HTTPException(503, str(error)) from error
    return {"task_id": result.id}


@app.get("/emails/{task_id}")
def read(task_id: str):
    found = celery_app.AsyncResult(task_id)
    state = found.state
    if state not in celery.states.READY_STATES:
        return {"task_id": task_id, "state": state, "result": None}
    result = found.result
    return {"task_id": task_id, "state": state, "result": str(result) if isinstance(result, BaseException) else result}
