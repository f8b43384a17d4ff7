import os
import time

from celery import Celery

app = Celery("tasks")
app.config_from_object("celeryconfig")


@app.task(autoretry_for=(ConnectionError,), retry_backoff=True, retry_backoff_max=30, max_retries=3)
def send_email(to, subject):
    print(f"sending email to {to} ({subject})")
    time.sleep(float(os.environ.get("EMAIL_SECONDS", "2.0")))
    return {"status": "sent", "subject": subject, "to": to}
