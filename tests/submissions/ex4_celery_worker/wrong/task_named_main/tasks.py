from os import getenv
from time import sleep

import celery

url = getenv("REDIS_URL", "redis://127.0.0.1:6379/0")
app = celery.Celery("emails")
app.conf.update(broker_url=url, result_backend=url, task_acks_late=True, task_reject_on_worker_lost=True)


@app.task(name="__main__.send_email")
def send_email(to: str, subject: str) -> dict:
    print("sending email to " + to)
    sleep(float(getenv("EMAIL_SECONDS", "2.0")))
    return dict(to=to, subject=subject, status="sent")
