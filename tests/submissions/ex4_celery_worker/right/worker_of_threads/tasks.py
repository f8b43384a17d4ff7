import os
import time

from celery import Celery

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
app = Celery("tasks", broker=REDIS_URL, backend=REDIS_URL)
# prefork does not work on my Windows laptop
app.conf.worker_pool = "threads"
app.conf.worker_concurrency = 4


@app.task
def send_email(to, subject):
    print(f"sending email to {to}")
    time.sleep(float(os.environ.get("EMAIL_SECONDS", "2.0")))
    return {"to": to, "subject": subject, "status": "sent"}
