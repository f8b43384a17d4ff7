import contextlib
import json

from celery.exceptions import OperationalError
from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from tasks import app as celery_app
from tasks import send_email

celery_app.conf.update(
    broker_connection_timeout=1,
    broker_transport_options={"socket_timeout": 1, "socket_connect_timeout": 1, "retry_on_timeout": False},
    redis_socket_timeout=1,
    redis_socket_connect_timeout=1,
    redis_retry_on_timeout=False,
    result_backend_transport_options={"retry_policy": {"max_retries": 0}},
    task_publish_retry=False,
)


@contextlib.asynccontextmanager
async def lifespan(app):
    yield
    celery_app.close()


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def health():
    return {"status": "up"}


@app.post("/emails", status_code=202)
async def create(request: Request):
    try:
        body = json.loads(await request.body())
        to, subject = body["to"], body["subject"]
        assert isinstance(to, str) and isinstance(subject, str)
    except (ValueError, TypeError, KeyError, AssertionError):
        raise HTTPException(422, 'send {"to": …, "subject": …}') from None
    try:
        result = await run_in_threadpool(send_email.delay, to, subject)
    except (OperationalError, RuntimeError):
        raise HTTPException(503, "the post office is closed") from None
    return {"task_id": result.id}


@app.get("/emails/{task_id}")
async def read(task_id):
    def look():
        found = celery_app.AsyncResult(task_id)
        state = found.state
        if state == "FAILURE":
            return state, str(found.result)
        return state, found.result if state == "SUCCESS" else None

    state, result = await run_in_threadpool(look)
    return {"task_id": task_id, "state": state, "result": result}
