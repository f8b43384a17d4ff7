import os
import time

import celery

app = celery.Celery(
    "tasks",
    broker=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
    backend=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
)
DELAY = float(os.environ.get("EMAIL_SECONDS", 2.0))


@app.task
def send_email(to, subject):
    print("sending email to %s" % to)
    time.sleep(DELAY)
    return {"to": to, "subject": subject, "status": "sent"}
