"""What work that fell short most likely gets wrong, where what was seen of it leaves no doubt."""

from __future__ import annotations

import re

from broker import TASK
from stage import AT_ONCE, UNFINISHED, Api, Email, Kitchen, Watched

from foodcourt.grading.answers import NO_ANSWER, Answer
from foodcourt.grading.signatures import likely_mistake

TODO: dict[int | str, str] = {501: "this part is still a TODO: go on with the first one in api.py"}
NO_HEALTH = "api.py has no route /health"
HEALTH_ASKS = "/health asks Redis or the worker"
NO_POST = "there is no route POST /emails"
NO_BODY = "the body is not declared as a pydantic model with `to: str` and `subject: str`"
NO_ID = 'the answer is not {"task_id": …} with the id of what delay() gives, a string'
SAME_ID = "the task id is made up"
NO_SUBJECT = "the subject is not sent"
OTHER_DATABASE = "the database at the end of REDIS_URL is not used"
OTHER_WORD = "the state is another word than the one that Celery gives, AsyncResult.state"
NOT_NULL = "the result is not null although the task is not done"
MIXED_UP = "the arguments are mixed up between POST, message and task"
OTHER_STATUS = 'the task returns another status than "sent"'
EXCEPTION = "the result of a failed task is an exception; return its text, str(…)"
RAISES = "a failed task's result is an exception, which .get() raises and FastAPI cannot send; return its text"
TRACEBACK = "the traceback is returned in place of the exception's text"
OTHER_WORDS = "a failed task is told in other words than its exception's, str(…)"
WELL = "it is answered as if all was well, although nothing can be sent"
HANGS = "with Redis down .delay() tries again and again: limit the retries of backend and broker"
NOT_CAUGHT = "what .delay() raises is not caught: OperationalError by the broker, RuntimeError by the backend"
NOT_503 = "a broker that is down is 503"
NO_SLEEP = "the task does not sleep for EMAIL_SECONDS"
OTHER_SLEEP = "the task does not sleep as long as EMAIL_SECONDS says"
SLEEPS_FIRST = "the task sleeps before it prints"
READ: dict[int | str, str] = TODO | {
    NO_ANSWER: "the route waits for the end of the task, with .get() or otherwise; ask for the state",
    404: "there is no route GET /emails/{task_id}, or it takes an unknown task for an error: Celery calls it PENDING",
    "task_id": "the answer lacks the task_id that was asked for",
    "state": "the answer lacks the state that Celery gives the task",
    "result": "the answer lacks the result",
}
"""What answers to `GET /emails/{task_id}` mean."""
_WAITS = "the route waits for the result, with .get() or otherwise; return the id at once"
_EAGER = "task_always_eager is on: Celery runs the task where it is called, and sends nothing"
_DIRECT = "the task is called directly, as a function, and runs in the api; .delay() sends it to a worker"
_BEHIND = "the task runs in the api, after the answer (BackgroundTasks, a thread); no worker ever hears of it"
_NO_BROKER = "the api finds no Redis, though it is there: REDIS_URL is not read, or not used as broker and backend"
_ASYNC = "the task is an async def, which Celery calls but never awaits"


def not_registered(tasks: list[str]) -> str:
    """Say why a worker that knows these tasks does not know ours."""
    if alike := [name for name in tasks if name.endswith("send_email")]:
        return f"the task is named {alike[0]}, after the module that it stands in or by name=; it must be {TASK}"
    if tasks:
        return f"the task is named {tasks[0]}: its function has another name, or name= says so"
    return "no function is made a task with @app.task, or only in a module that tasks.py does not import"


def silent(email: Email, seen: Watched) -> str:
    """Say why a task did not print its line."""
    if seen.cause:
        return failed(seen)
    if email.to in seen.log or re.search("sending email to", seen.log, re.IGNORECASE):
        return "the line that the task prints is not as `sending email to <to>`"
    return "the task prints nothing, or only where it does not show: the worker logs warnings and worse"


def failed(seen: Watched) -> str:
    """Say why a task failed."""
    if "coroutine" in seen.error:
        return _ASYNC
    if re.search(r"unexpected keyword argument|missing \d .*argument", seen.error):
        return "the task's parameters are not `to` and `subject`"
    return likely_mistake(seen.error)


def posted(api: Api, email: Email, answer: Answer) -> dict[int | str, str]:
    """Say what the answer to an order means that was not 202 with a task id."""
    mistakes = TODO | {404: NO_POST, 422: NO_BODY, "": NO_ID, "task_id": NO_ID}
    mistakes[200] = "the route lacks status_code=202"
    mistakes[201] = "the route says 201; accepted but not done yet is status_code=202"
    if answer.status == NO_ANSWER or answer.elapsed > AT_ONCE:
        why = ran_in_the_api(api, email, answer) or (_WAITS if api.waiting(email, 0.0) else "")
        return mistakes | dict.fromkeys((NO_ANSWER, 500), why)
    api.broker.read()  # our Redis is there: whoever found none looked elsewhere
    trace = answer.service.traceback(answer.log_mark) if answer.status == 500 else None
    if trace and re.search(r"OperationalError|ConnectionError|refused", trace.error):
        mistakes[500] = _NO_BROKER
    elif trace and "send_email()" in trace.error:
        mistakes[500] = "delay() is called with other arguments than the task takes"
    return mistakes | {503: _NO_BROKER}


def ran_in_the_api(api: Api, email: Email, answer: Answer) -> str:
    """Say why the task ran in the api, or give nothing if it did not."""
    if not api.runs_itself(email):
        return ""
    if api.says_eager():
        return _EAGER
    return _DIRECT if answer.elapsed >= AT_ONCE or answer.status >= 500 else _BEHIND


def unknown_end(kitchen: Kitchen, task: str) -> str:
    """Say why an api does not know that a task has ended, if it has."""
    if kitchen.outcome(task) is None:
        if not kitchen.worker.running or kitchen.broker.running(task):
            return ""
        return "nobody keeps the result: the Celery app has no result backend, or the task ignores its result"
    return "the result is there, but the api asks elsewhere: its result backend is not the worker's"


def other_result(api: Api, kitchen: Kitchen, email: Email, task: str, answer: Answer, mark: int) -> str:
    """Say why the api does not tell what the task should have returned."""
    outcome = kitchen.outcome(task)
    if kitchen.worker.said("Received unregistered task", mark):
        return "the api sends the task under a name that the worker does not know"
    if outcome is None:
        if api.waiting(email, 0.0):
            return "the message waits in a queue that the worker does not read"
        return unknown_end(kitchen, task) if kitchen.worker.said("sending email to", mark) else ""
    if outcome.state == "SUCCESS":
        if outcome.returned != {**email.json(), "status": "sent"}:
            return "the task returns something else than a dict with to, subject and status"
        if answer.json().get("state") in UNFINISHED:
            return unknown_end(kitchen, task)
        return "the api does not tell what the task returned, AsyncResult.result"
    return _what_failed(str(outcome.returned)) or getattr(kitchen.worker.traceback(mark), "mistake", "")


def _what_failed(message: str) -> str:
    if "coroutine" in message:
        return _ASYNC
    if "serializ" in message:
        return "the task returns something that is no JSON; return a dict of strings"
    return "the message does not hold the arguments that the task takes" if "argument" in message else ""
