"""The kitchen: a Celery worker that takes tickets off the rail and sends emails.

Work through the TODOs in order, 1 to 4 here, then go on in api.py.
The README next to this file says exactly what the task must do.
"""

import os

from celery import Celery

# Settings come from the environment and are read once, when the process starts. The worker and the API are two
# processes: each reads its own copy, and they meet only if both are given the same REDIS_URL.
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
EMAIL_SECONDS = float(os.environ.get("EMAIL_SECONDS", "2.0"))

# TODO 1: The broker carries the tickets to the kitchen. What became of them is kept in the result backend, and there
#         is none yet. Give Celery one more argument, backend, with the same address.
app = Celery("tasks", broker=REDIS_URL)
app.conf.update(
    # Only the stretch goal in the README needs settings here; leave this alone until then.
)


# @app.task makes a task of the function. Celery names it after its module and its function: tasks.send_email.
@app.task
def send_email(to, subject):
    # TODO 2: Print "sending email to …", with the address in place of the dots. It goes to the worker's terminal.
    # TODO 3: Then wait for EMAIL_SECONDS: import time at the top, and call time.sleep. That is how slow a mail server
    #         can be.
    # TODO 4: Return a dictionary with to, subject and status. The status is "sent".
    raise NotImplementedError("TODO 1 to 4 in tasks.py: send the email")
