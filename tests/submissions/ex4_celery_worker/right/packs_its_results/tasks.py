"""The kitchen: a Celery worker that takes tickets off the rail and sends emails."""

import os
import time

from celery import Celery

# Settings come from the environment and are read once, when the process starts. The worker and the API are two
# processes: each reads its own copy, and they meet only if both are given the same REDIS_URL.
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
EMAIL_SECONDS = float(os.environ.get("EMAIL_SECONDS", "2.0"))

# Two uses of one Redis: the broker carries the tickets to the kitchen, the backend keeps what became of them.
# Without a backend nobody can ask for the state of a task.
app = Celery("tasks", broker=REDIS_URL, backend=REDIS_URL)
app.conf.update(
    result_compression="gzip",
    task_compression="bzip2",
    # Stretch goal: a ticket leaves the rail when the dish is done, not when a cook picks it up …
    task_acks_late=True,
    # … and goes back on the rail when the cook drops dead. Without this line Celery marks the task as failed.
    # The price is "at least once": a cook who drops dead just after the email went out sends it again.
    task_reject_on_worker_lost=True,
)


# Celery names a task after its module and its function: tasks.send_email.
@app.task
def send_email(to, subject):
    # In the worker Celery turns what is printed into a line of its log.
    print(f"sending email to {to}")
    # A slow mail server, played by a nap. One process of the worker's pool is busy as long as it takes.
    time.sleep(EMAIL_SECONDS)
    # Plain dictionary, plain strings: what a task returns must fit into JSON.
    return {"to": to, "subject": subject, "status": "sent"}
