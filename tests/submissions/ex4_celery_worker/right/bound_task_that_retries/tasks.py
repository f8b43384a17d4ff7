from __future__ import annotations

import os
import time
from typing import TypedDict

from celery import Celery
from celery.app.task import Task

REDIS_URL: str = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
EMAIL_SECONDS: float = float(os.environ.get("EMAIL_SECONDS", "2.0"))


class Sent(TypedDict):
    to: str
    subject: str
    status: str


app: Celery = Celery("tasks", broker=REDIS_URL, backend=REDIS_URL)
app.conf.update(result_compression="gzip", result_extended=True, task_send_sent_event=True)


@app.task(bind=True, max_retries=2, default_retry_delay=1)
def send_email(self: Task, to: str, subject: str) -> Sent:
    print(f"[{self.request.id}] sending email to {to}")
    try:
        end = time.monotonic() + EMAIL_SECONDS
        while time.monotonic() < end:
            time.sleep(0.02)
    except OSError as error:
        raise self.retry(exc=error)
    print(f"[{self.request.id}] sent")
    return Sent(to=to, subject=subject, status="sent")
