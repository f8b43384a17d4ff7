import os
from time import sleep

from celery import Celery

app = Celery(
    "tasks",
    broker=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
    backend=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
)
app.conf.task_track_started = True


@app.task(name="tasks.send_email")
def send_email(to, subject):
    print(f"sending email to {to}")
    sleep(float(os.environ.get("EMAIL_SECONDS", "2.0")))
    return {"to": to, "subject": subject, "status": "sent"}
