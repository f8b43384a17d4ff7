import os
import time

from celery import Celery


def make_app():
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
    app = Celery("tasks", broker=url, backend=url)

    @app.task(name="tasks.send_email")
    def send_email(to, subject):
        print(f"sending email to {to}")
        time.sleep(float(os.environ.get("EMAIL_SECONDS", "2.0")))
        return {"to": to, "subject": subject, "status": "sent"}

    return app


if __name__ == "__main__":
    make_app().worker_main(["worker"])
