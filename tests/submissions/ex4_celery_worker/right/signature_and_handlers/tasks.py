import os, time
from celery import Celery

app = Celery(__name__, broker=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
app.conf.result_backend = app.conf.broker_url

@app.task
def send_email(to: str, subject: str):
    print(f"sending email to {to}")
    time.sleep(float(os.environ.get("EMAIL_SECONDS", "2.0")))
    return {"to": to, "subject": subject, "status": "sent"}
