"""Checks of the api: with a worker at work, with none, and with Redis gone."""

from __future__ import annotations

import re
import time

from broker import Outcome
from stage import AT_ONCE, DOWN_LIMIT, LONG, QUICK, UNFINISHED, Api, Email, Kitchen, Outage, some_email, unknown_id

from foodcourt.grading.answers import NO_ANSWER, Answer, Mistakes
from foodcourt.grading.failures import CheckFailed
from foodcourt.pytest_plugin import check

UNFINISHED_WORK = {501: "this part is still a TODO: go on with the first one in api.py"}
NO_ID = 'the answer is not {"task_id": …} with the id of what delay() gives, a string'
NO_BODY = "the body is not declared as a pydantic model with `to: str` and `subject: str`"
WAITS = "the route waits for the result, with .get() or otherwise; return the id at once"
EAGER = "task_always_eager is on: Celery runs the task where it is called, and sends nothing"
DIRECT = "the task is called directly, as a function, and runs in the api; .delay() sends it to a worker"
NO_BROKER = "the api finds no Redis, though it is there: REDIS_URL is not read, or not used as broker and backend"
BEHIND = "the task runs in the api, after the answer (BackgroundTasks, a thread); no worker ever hears of it"
READ_MISTAKES: dict[int | str, str] = UNFINISHED_WORK | {
    NO_ANSWER: "the route waits for the end of the task, with .get() or otherwise; ask for the state",
    404: "there is no route GET /emails/{task_id}, or it takes an unknown task for an error: Celery calls it PENDING",
    "task_id": "the answer lacks the task_id that was asked for",
    "state": "the answer lacks the state that Celery gives the task",
    "result": "the answer lacks the result",
}
RAISES = (
    "a failed task's result is an exception, which .get() raises and FastAPI cannot send; return its text, str(…)"
)
OTHER_WORD = "the state is another word than the one that Celery gives, AsyncResult.state"
NULL = "the result is not null although the task is not done"


@check("api.health", points=5)
def test_health(api: Api, outage: Outage) -> None:
    """answers GET /health, also while Redis and the worker are down"""
    mistakes = UNFINISHED_WORK | {404: "api.py has no route /health"}
    api.service.get("/health").expect(200, mistakes=mistakes)
    mistakes |= dict.fromkeys((500, 502, 503, 504, NO_ANSWER), "/health asks Redis or the worker")
    outage.health().expect(200, mistakes=mistakes)


@check("api.invalid", points=5)
def test_invalid(api: Api) -> None:
    """answers 422 to a malformed body"""
    mistakes = dict.fromkeys((200, 202, 400, 500), NO_BODY) | {404: "there is no route POST /emails"}
    whole = some_email().json()
    for body in ({"to": whole["to"]}, {"subject": "Phở"}, whole | {"to": ["ada"]}, b"{not json", ["taco"]):
        api.service.post("/emails", body).expect(422, mistakes=mistakes)


@check("api.fire_and_forget", points=15)
def test_fire_and_forget(api: Api, lonely_api: Api) -> None:
    """answers POST /emails with 202 and a task id at once, however long the email takes"""
    api.service.ready()  # where none starts at all, that is told once
    ids: set[str] = set()
    for count in (1, 2):
        email = some_email()
        answer = lonely_api.order(email, patience=1.2 * LONG)
        ids.add(_accepted(lonely_api, email, answer))
        if len(ids) < count:
            raise CheckFailed(f"{count} emails with {count} task ids", f"{ids}", mistake="the task id is made up")


def _accepted(api: Api, email: Email, answer: Answer) -> str:
    mistakes = _post_mistakes(api, email, answer)
    task: str = answer.expect(202, within=AT_ONCE, json={"task_id": str}, mistakes=mistakes).json()["task_id"]
    return task


def _post_mistakes(api: Api, email: Email, answer: Answer) -> dict[int | str, str]:
    """Say what a POST means most likely that was not answered with 202 and a task id."""
    mistakes = UNFINISHED_WORK | {
        200: "the route lacks status_code=202",
        201: "the route says 201; accepted but not done yet is status_code=202",
        404: "there is no route POST /emails",
        422: NO_BODY,
        "": NO_ID,
        "task_id": NO_ID,
    }
    if answer.status == NO_ANSWER or answer.elapsed > AT_ONCE:
        why = WAITS if api.waiting(email, 0.0) else ""
        if api.runs_itself(email):
            why = EAGER if api.says_eager() else DIRECT
        return mistakes | dict.fromkeys((NO_ANSWER, 500), why)
    api.broker.read()  # it is there: whoever found none looked elsewhere
    trace = answer.service.traceback(answer.log_mark) if answer.status == 500 else None
    if trace and re.search(r"OperationalError|ConnectionError|refused", trace.error):
        mistakes[500] = NO_BROKER
    elif trace and "send_email()" in trace.error:
        mistakes[500] = "delay() is called with other arguments than the task takes"
    return mistakes | {503: NO_BROKER}


@check("api.enqueues", points=15)
def test_enqueues(api: Api, lonely_api: Api) -> None:
    """has the message wait in Redis, with its arguments, while the worker is stopped"""
    api.service.ready()
    email = some_email()
    answer = lonely_api.order(email, patience=AT_ONCE)
    message = lonely_api.waiting(email, AT_ONCE)
    if message is None:
        if lonely_api.runs_itself(email):
            late = answer.elapsed >= AT_ONCE or answer.status >= 500
            mistake = EAGER if lonely_api.says_eager() else DIRECT if late else BEHIND
        else:
            answer.expect(202, mistakes=_post_mistakes(lonely_api, email, answer))
            mistake = ""
        raise CheckFailed(f"a message with {email.to} in a queue of Redis", "none", mistake=mistake)
    lonely_api.note("Redis", f"holds {message}")
    if email.subject not in message.text:
        expected = f"a message with {email.to} and {email.subject}"
        raise CheckFailed(expected, str(message), mistake="the subject is not sent")
    if message.database != lonely_api.broker.number:
        raise CheckFailed(
            f"a message in database {lonely_api.broker.number}, as REDIS_URL says",
            str(message),
            mistake="the database at the end of REDIS_URL is not used",
        )


@check("api.state", points=10, needs="worker.registers")
def test_state(api: Api, kitchen: Kitchen) -> None:
    """tells the state that Celery gives a task: PENDING, then SUCCESS, or FAILURE"""
    nobody = unknown_id()
    answer = api.read(nobody).expect(200, json={"task_id": nobody, "state": object}, mistakes=READ_MISTAKES)
    answer.expect(200, json={"state": "PENDING"}, mistakes={"state": OTHER_WORD})
    tasks = {"SUCCESS": kitchen.send(some_email()), "FAILURE": kitchen.send(None)}
    for usual, task in tasks.items():
        mistakes = READ_MISTAKES | ({500: RAISES} if usual == "FAILURE" else {})
        for answer in api.follow(task, kitchen):
            state = answer.expect(200, json={"task_id": task, "state": str}, mistakes=mistakes).json()["state"]
            if state not in UNFINISHED:
                break
        outcome = kitchen.outcome(task)
        mistakes["state"] = _why_unknown(outcome) if state in UNFINISHED else OTHER_WORD
        answer.expect(200, json={"state": outcome.state if outcome else usual}, mistakes=mistakes)


def _why_unknown(outcome: Outcome | None) -> str:
    """Say why an api does not know that a task has ended."""
    if outcome is None:
        return "nobody keeps the result: the Celery app has no result backend, or the task ignores its result"
    return "the result is there, but the api asks elsewhere: its result backend is not the worker's"


@check("api.result", points=10, needs=("worker.registers", "api.enqueues"))
def test_result(api: Api, kitchen: Kitchen) -> None:
    """tells what the task returned, null until then, and what went wrong in a failed one"""
    nobody = unknown_id()
    api.read(nobody).expect(200, json={"task_id": nobody, "result": None}, mistakes=READ_MISTAKES | {"result": NULL})
    failing, email = kitchen.send(None), some_email()
    mark, began = kitchen.worker.log_size(), time.monotonic()
    answer = api.order(email).expect({200, 202}, json={"task_id": str}, mistakes=UNFINISHED_WORK | {"task_id": NO_ID})
    task = answer.json()["task_id"]
    answer = _with_result(api, kitchen, task)
    if answer.json()["result"] is not None and time.monotonic() < began + QUICK and not kitchen.outcome(task):
        answer.expect(200, json={"result": None}, mistakes={"result": NULL})
    shape = {"task_id": task, "result": {**email.json(), "status": "sent"}}
    mistakes = {
        "result": _why_no_result(api, kitchen, email, task, mark),
        "result.to": "the arguments are mixed up between POST, message and task",
        "result.subject": "the arguments are mixed up between POST, message and task",
        "result.status": 'the task returns another status than "sent"',
    }
    answer.expect(200, json=shape, mistakes=mistakes)
    _expect_message(api, kitchen, failing)


def _with_result(api: Api, kitchen: Kitchen, task: str, mistakes: Mistakes = READ_MISTAKES) -> Answer:
    """Follow a task until the api tells a result, or no longer."""
    for answer in api.follow(task, kitchen):
        answer.expect(200, json={"task_id": task, "result": object}, mistakes=mistakes)
        if answer.json()["result"] is not None:
            break
    return answer


def _why_no_result(api: Api, kitchen: Kitchen, email: Email, task: str, mark: int) -> str:
    outcome = kitchen.outcome(task)
    if kitchen.worker.said("Received unregistered task", mark):
        return "the api sends the task under a name that the worker does not know"
    if outcome is None:
        if api.waiting(email, 0.0):
            return "the message waits in a queue that the worker does not read"
        return _why_unknown(None) if kitchen.worker.said("sending email to", mark) else ""
    if outcome.state == "SUCCESS":
        if outcome.returned == {**email.json(), "status": "sent"}:
            return "the api does not tell what the task returned, AsyncResult.result"
        return "the task returns something else than a dict with to, subject and status"
    if "coroutine" in outcome.returned:
        return "the task is an async def, which Celery calls but never awaits"
    if "serializ" in outcome.returned:
        return "the task returns something that is no JSON; return a dict of strings"
    if "argument" in outcome.returned:
        return "the message does not hold the arguments that the task takes"
    trace = kitchen.worker.traceback(mark)
    return trace.mistake if trace else ""


def _expect_message(api: Api, kitchen: Kitchen, task: str) -> None:
    """Expect the message of a failed task: one that was sent without its arguments."""
    answer = _with_result(api, kitchen, task, READ_MISTAKES | {500: RAISES})
    outcome = kitchen.outcome(task)
    if outcome is None or outcome.state != "FAILURE":
        return  # a task that can do without them cannot be made to fail
    text = "the result of a failed task is an exception; return its text, str(…)"
    answer.expect(200, json={"task_id": task, "result": str}, mistakes={"result": text})
    result = answer.json()["result"]
    mistake = ""
    if "Traceback (most recent call last)" in result:
        mistake = "the traceback is returned in place of the exception's text"
    elif outcome.returned not in result:
        mistake = "a failed task is told in other words than its exception's, str(…)"
    if mistake:
        raise CheckFailed(f"the message of the failed task: {outcome.returned}", answer.text(), mistake=mistake)


@check("api.broker_down", points=10, needs="api.enqueues")
def test_broker_down(outage: Outage) -> None:
    """answers POST /emails with 503 in time while Redis is down: fresh or connected before, now and again"""
    for answer in outage.answers():
        mistakes = {
            NO_ANSWER: "with Redis down .delay() tries again and again: limit the retries of result backend and broker",
            500: "what .delay() raises is not caught: OperationalError by the broker, RuntimeError by the backend",
            **dict.fromkeys((200, 202), "it is answered as if all was well, although nothing can be sent"),
            **dict.fromkeys((502, 504), "a broker that is down is 503"),
        }
        answer.expect(503, within=DOWN_LIMIT, mistakes=mistakes)
