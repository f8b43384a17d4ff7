import os
import time

from celery import Celery

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
EMAIL_SECONDS = float(os.environ.get("EMAIL_SECONDS", "2.0"))

app = Celery("tasks", broker=REDIS_URL, backend=REDIS_URL)


@app.task
def send_email(to, subject):
    print(f"sending email to {to}")
    time.sleep(EMAIL_SECONDS)
    return {"to": to, "subject": subject, "status": "sent"}
