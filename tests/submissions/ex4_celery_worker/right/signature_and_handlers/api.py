from celery import signature
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from kombu.exceptions import OperationalError
from pydantic import BaseModel
from redis.exceptions import RedisError

import tasks

tasks.app.conf.update(
    result_backend_transport_options={"retry_policy": {"max_retries": 1, "interval_start": 0}},
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0},
)
app = FastAPI()


@app.exception_handler(OperationalError)
@app.exception_handler(RuntimeError)
@app.exception_handler(RedisError)
async def unavailable(request: Request, error: Exception):
    return JSONResponse({"detail": f"{type(error).__name__}: no Redis"}, status_code=503)


class Mail(BaseModel):
    to: str
    subject: str


@app.get("/health")
async def health():
    return "ok"


@app.post("/emails")
def emails(mail: Mail):
    todo = signature("tasks.send_email", args=(mail.to, mail.subject), app=tasks.app)
    return JSONResponse({"task_id": str(todo.apply_async())}, 202)


@app.get("/emails/{id}")
def email(id: str):
    done = tasks.app.AsyncResult(id)
    state = done.state
    return {
        "task_id": id,
        "state": state,
        "result": {"SUCCESS": lambda: done.result, "FAILURE": lambda: str(done.result)}.get(state, lambda: None)(),
    }
