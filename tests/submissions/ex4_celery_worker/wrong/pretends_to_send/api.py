import uuid

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
EMAILS = {}


class NewEmail(BaseModel):
    to: str
    subject: str


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/emails", status_code=202)
async def create_email(new: NewEmail):
    task_id = str(uuid.uuid4())
    EMAILS[task_id] = {"to": new.to, "subject": new.subject, "status": "sent"}
    return {"task_id": task_id}


@app.get("/emails/{task_id}")
async def read_email(task_id: str):
    return {"task_id": task_id, "state": "SUCCESS", "result": EMAILS.get(task_id)}
