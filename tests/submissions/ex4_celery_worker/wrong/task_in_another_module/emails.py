import os
import time

from tasks import app


@app.task
def send_email(to, subject):
    print(f"sending email to {to}")
    time.sleep(float(os.environ.get("EMAIL_SECONDS", "2.0")))
    return {"to": to, "subject": subject, "status": "sent"}
