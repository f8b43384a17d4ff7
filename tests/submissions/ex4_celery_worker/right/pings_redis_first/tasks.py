import os
import time

from celery import Celery
from celery.utils.log import get_task_logger

logger = get_task_logger(__name__)
redis_url = os.getenv("REDIS_URL") or "redis://127.0.0.1:6379/0"
app = Celery("tasks", broker=redis_url, backend=redis_url)


@app.task
def send_email(to, subject):
    logger.error("sending email to %s", to)
    time.sleep(float(os.getenv("EMAIL_SECONDS") or 2))
    logger.info("sent")
    return {"to": to, "subject": subject, "status": "sent"}
