import os
import sys
import time

from celery import Celery, Task


class SendEmail(Task):
    name = "tasks.send_email"
    acks_late = True
    reject_on_worker_lost = True

    def run(self, to, subject):
        sys.stdout.write(f"sending email to {to}\n")
        time.sleep(SECONDS)
        return {"to": to, "subject": subject, "status": "sent"}


SECONDS = float(os.environ.get("EMAIL_SECONDS", "2.0"))
URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")

app = Celery("tasks", broker=URL, backend=URL)
send_email = app.register_task(SendEmail())
