import kombu.exceptions
from fastapi import FastAPI, Response, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from tasks import app as queue
from tasks import send

app = FastAPI()


class Email(BaseModel):
    to: str
    subject: str


@app.get("/health")
def health():
    return Response(status_code=200)


@app.post("/emails", status_code=status.HTTP_202_ACCEPTED)
def post_email(email: Email):
    try:
        result = send.apply_async(kwargs={"to": email.to, "subject": email.subject}, retry=False)
    except (kombu.exceptions.OperationalError, RuntimeError):
        return JSONResponse({"error": "come back later"}, status_code=status.HTTP_503_SERVICE_UNAVAILABLE)
    return {"task_id": result.task_id}


@app.get("/emails/{task_id}")
def get_email(task_id: str):
    result = queue.AsyncResult(task_id)
    body = {"task_id": task_id, "state": result.status, "result": None}
    if result.successful():
        body["result"] = result.get(timeout=1)
    elif result.failed():
        body["result"] = str(result.info)
    return body
