from fastapi import FastAPI, HTTPException
from kombu.exceptions import OperationalError
from pydantic import BaseModel
from tasks import app as celery_app
from tasks import send_email

app = FastAPI()


class Email(BaseModel):
    to: str
    subject: str


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/emails", status_code=202)
def create(email: Email):
    try:
        return {"task_id": send_email.s(email.to, email.subject).delay().id, "queue": "emails"}
    except Exception as error:
        raise HTTPException(503, "cannot enqueue") from error


@app.get("/emails/{task_id}")
def read(task_id: str):
    found = celery_app.AsyncResult(task_id)
    answer = {"task_id": task_id, "state": found.state, "result": None, "ready": found.ready()}
    if answer["state"] == "SUCCESS":
        answer["result"] = found.result
    elif answer["state"] == "FAILURE":
        answer["result"] = str(found.result)
    return answer
