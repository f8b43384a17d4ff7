import redis
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from tasks import app as celery_app
from tasks import redis_url, send_email

app = FastAPI()
pinger = redis.Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=1)


def broker_is_up():
    try:
        pinger.ping()
    except redis.RedisError as error:
        raise HTTPException(503, "Redis is down") from error


class Email(BaseModel):
    to: str
    subject: str


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/emails", status_code=202, dependencies=[Depends(broker_is_up)])
def create(email: Email):
    return {"task_id": send_email.delay(to=email.to, subject=email.subject).id}


@app.get("/emails/{task_id}", dependencies=[Depends(broker_is_up)])
def read(task_id: str):
    r = celery_app.AsyncResult(task_id)
    state = r.state
    result = None
    if state == "SUCCESS":
        result = r.result
    if state == "FAILURE":
        result = r.result.args[0] if r.result.args else type(r.result).__name__
    return {"task_id": task_id, "state": state, "result": result}
