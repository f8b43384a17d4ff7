"""The counter: a FastAPI service that takes an order for an email, hands out a number, and lets the kitchen work."""

from celery.exceptions import OperationalError
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from redis.exceptions import RedisError
from tasks import app as celery_app
from tasks import send_email

app = FastAPI(title="emails")


@app.get("/health")
async def health():
    return {"status": "ok"}


class NewEmail(BaseModel):
    """What a customer sends."""

    to: str
    subject: str


# A plain def: Celery waits for Redis without await. In an async def that would stop every other request as well;
# FastAPI runs a def in a thread.
@app.post("/emails", status_code=202)
def create_email(new: NewEmail):
    return {"task_id": enqueue(new)}


@app.get("/emails/{task_id}")
def read_email(task_id: str):
    # Asked of the app: an AsyncResult of its own making would not know which Redis to ask.
    ticket = celery_app.AsyncResult(task_id)
    try:
        # Looked at once: the task may end between two looks.
        state = ticket.state
    except RedisError as error:
        raise HTTPException(503, "the kitchen cannot be reached") from error
    result = None
    if state == "SUCCESS":
        result = ticket.result
    elif state == "FAILURE":
        # What a failed task leaves is an exception, and that is no JSON. Its text is.
        result = str(ticket.result)
    # In every other state there is nothing for a customer, whatever Celery keeps there (with STARTED, a process id).
    return {"task_id": task_id, "state": state, "result": result}


def enqueue(new: NewEmail) -> str:
    """Put a ticket on the rail, and give its id."""
    try:
        # Returns as soon as the ticket is in Redis. No .get() here: that is waiting for the dish.
        ticket = send_email.delay(new.to, new.subject)
    # The broker raises OperationalError. The result backend gives up with a RuntimeError.
    except (OperationalError, RuntimeError) as error:
        raise HTTPException(503, "the kitchen cannot be reached") from error
    return ticket.id


# How soon Celery gives up in this process. The lines stand here and not in tasks.py, because a customer at the
# counter wants an answer now, while the worker shall keep its patience and wait until Redis is back.
celery_app.conf.update(
    # .delay() first asks the result backend to watch for the result. By default that is tried 20 times, for 19 s.
    # The broker comes next, and gives up after a second by itself.
    result_backend_transport_options={"retry_policy": {"max_retries": 0}},
    # More than was asked for: a Redis that takes the call and then says nothing. Without limits that can be for ever.
    redis_socket_connect_timeout=1,
    redis_socket_timeout=1,
    # One try only, so that the limits do not add up. Two settings: publishing tries again, and so does connecting.
    task_publish_retry=False,
    broker_transport_options={"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1},
)
