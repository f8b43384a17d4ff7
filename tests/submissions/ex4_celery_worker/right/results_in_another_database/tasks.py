import os
import time
from urllib.parse import urlsplit

from celery import Celery

BROKER = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
RESULTS = urlsplit(BROKER)._replace(path="/1").geturl()
SECONDS = float(os.environ.get("EMAIL_SECONDS", "2.0"))

app = Celery("tasks", broker=BROKER, backend=RESULTS)


@app.task
def send_email(to, subject):
    print(f"sending email to {to}")
    time.sleep(SECONDS)
    return {"to": to, "subject": subject, "status": "sent"}
