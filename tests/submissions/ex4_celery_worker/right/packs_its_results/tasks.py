from os import getenv
from time import sleep

import celery

RAIL = getenv("REDIS_URL") or "redis://127.0.0.1:6379/0"
NAP = float(getenv("EMAIL_SECONDS") or 2)


class Kitchen:
    broker_url = result_backend = RAIL
    result_compression = "gzip"
    task_acks_late = task_reject_on_worker_lost = True


app = celery.Celery("tasks", config_source=Kitchen)


@app.task(name="tasks.send_email")
def send_email(to, subject):
    print("sending email to", to)
    sleep(NAP)
    return dict(zip(("to", "subject", "status"), (to, subject, "sent"), strict=True))
