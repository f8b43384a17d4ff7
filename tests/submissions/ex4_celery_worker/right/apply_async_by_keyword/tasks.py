from os import getenv
from time import sleep

from celery import Celery

url = getenv("REDIS_URL", "redis://127.0.0.1:6379/0")

app = Celery("mails")
app.conf.broker_url = url
app.conf.result_backend = url
app.conf.result_backend_transport_options = {"retry_policy": {"timeout": 1.0}}
app.conf.broker_transport_options = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.5}


@app.task(bind=True, name="tasks.send_email", acks_late=True, reject_on_worker_lost=True)
def send(self, to: str, subject: str) -> dict[str, str]:
    print("sending email to", to, flush=True)
    sleep(float(getenv("EMAIL_SECONDS", "2.0")))
    return dict(to=to, subject=subject, status="sent")
