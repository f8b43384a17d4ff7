"""Checks of the api: with a worker at work, with none, and with Redis gone."""

from __future__ import annotations

import contextlib
import json
import re
import time

import likely
from stage import AT_ONCE, DOWN_LIMIT, LONG, QUICK, UNFINISHED, Api, Kitchen, Outage, some_email, unknown_id

from foodcourt.grading.answers import NO_ANSWER, Answer, Mistakes
from foodcourt.grading.failures import CheckFailed
from foodcourt.grading.shapes import mismatch, shorten
from foodcourt.pytest_plugin import check


@check("api.health", points=5)
def test_health(api: Api, outage: Outage) -> None:
    """answers GET /health, also while Redis and the worker are down"""
    mistakes = likely.TODO | {404: likely.NO_HEALTH}
    api.service.get("/health").expect(200, mistakes=mistakes)
    mistakes |= dict.fromkeys((500, 502, 503, 504, NO_ANSWER), likely.HEALTH_ASKS)
    outage.health().expect(200, mistakes=mistakes)


@check("api.invalid", points=5)
def test_invalid(api: Api) -> None:
    """answers 422 to a malformed body"""
    mistakes = likely.TODO | dict.fromkeys((200, 202, 400, 500), likely.NO_BODY) | {404: likely.NO_POST}
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
        mistakes = likely.posted(lonely_api, email, answer)
        ids.add(answer.expect(202, within=AT_ONCE, json={"task_id": str}, mistakes=mistakes).json()["task_id"])
        if len(ids) < count:
            raise CheckFailed(f"{count} emails with {count} task ids", f"{ids}"[:300], mistake=likely.SAME_ID)


@check("api.enqueues", points=15)
def test_enqueues(api: Api, lonely_api: Api) -> None:
    """has the message wait in Redis, with its arguments, while the worker is stopped"""
    api.service.ready()
    email = some_email()
    answer = lonely_api.order(email, patience=AT_ONCE)
    message = lonely_api.waiting(email, AT_ONCE)
    if message is None:
        mistake = likely.ran_in_the_api(lonely_api, email, answer)
        if not mistake:
            answer.expect(202, mistakes=likely.posted(lonely_api, email, answer))
        raise CheckFailed(f"a message with {email.to} in a queue of Redis", "none", mistake=mistake)
    lonely_api.note(answer, f"holds {message}")
    if email.subject not in message.text:
        expected = f"a message with {email.to} and {email.subject}"
        raise CheckFailed(expected, str(message), mistake=likely.NO_SUBJECT)
    if message.database != lonely_api.broker.number:
        expected = f"a message in database {lonely_api.broker.number}, as REDIS_URL says"
        raise CheckFailed(expected, str(message), mistake=likely.OTHER_DATABASE)


@check("api.state", points=10, needs="worker.registers")
def test_state(api: Api, kitchen: Kitchen) -> None:
    """tells the state that Celery gives a task: PENDING, then SUCCESS, or FAILURE"""
    nobody = unknown_id()
    answer = api.read(nobody).expect(200, json={"task_id": nobody, "state": object}, mistakes=likely.READ)
    answer.expect(200, json={"state": "PENDING"}, mistakes={"state": likely.OTHER_WORD})
    tasks = {"SUCCESS": kitchen.send(some_email()), "FAILURE": kitchen.send(None)}
    for usual, task in tasks.items():
        mistakes = likely.READ | ({500: likely.RAISES} if usual == "FAILURE" else {})
        for answer in api.follow(task, kitchen):
            state = answer.expect(200, json={"task_id": task, "state": str}, mistakes=mistakes).json()["state"]
            if state not in UNFINISHED:
                break
        outcome = kitchen.outcome(task)
        mistake = likely.unknown_end(kitchen, task) if state in UNFINISHED else likely.OTHER_WORD
        answer.expect(200, json={"state": outcome.state if outcome else usual}, mistakes={"state": mistake})


@check("api.result", points=10, needs=("worker.registers", "api.enqueues"))
def test_result(api: Api, kitchen: Kitchen) -> None:
    """tells what the task returned, null until then, and what went wrong in a failed one"""
    nobody = unknown_id()
    answer = api.read(nobody).expect(200, json={"task_id": nobody, "result": object}, mistakes=likely.READ)
    answer.expect(200, json={"result": None}, mistakes={"result": likely.NOT_NULL})
    failing, email = kitchen.send(None), some_email()
    mark, began = kitchen.worker.log_size(), time.monotonic()
    answer = api.order(email)
    task = answer.expect({200, 201, 202}, json={"task_id": str}, mistakes={"task_id": likely.NO_ID}).json()["task_id"]
    answer = _with_result(api, kitchen, task)
    if answer.json()["result"] is not None and time.monotonic() < began + QUICK and not kitchen.outcome(task):
        answer.expect(200, json={"result": None}, mistakes={"result": likely.NOT_NULL})
    mistakes = {
        "result": likely.other_result(api, kitchen, email, task, answer, mark),
        "result.to": likely.MIXED_UP,
        "result.subject": likely.MIXED_UP,
        "result.status": likely.OTHER_STATUS,
    }
    sent = {**email.json(), "status": "sent"}
    answer.expect(200, json={"task_id": task, "result": sent}, mistakes=mistakes)
    _expect_returned(kitchen, task, sent)
    _expect_message(api, kitchen, failing)


def _with_result(api: Api, kitchen: Kitchen, task: str, mistakes: Mistakes = likely.READ) -> Answer:
    """Follow a task until the api tells a result, or no longer."""
    for answer in api.follow(task, kitchen):
        answer.expect(200, json={"task_id": task, "result": object}, mistakes=mistakes)
        if answer.json()["result"] is not None:
            break
    return answer


def _expect_returned(kitchen: Kitchen, task: str, sent: dict[str, str]) -> None:
    """Expect that the task itself returned what the api tells, where its result can be read."""
    outcome = kitchen.outcome(task)
    returned = outcome.returned if outcome else None
    if isinstance(returned, str):
        with contextlib.suppress(ValueError):
            returned = json.loads(returned)
    if returned is not None and mismatch(sent, returned):
        raise CheckFailed(f"the task to return {json.dumps(sent)}", f"{shorten(repr(returned))}, as Redis holds it")


def _expect_message(api: Api, kitchen: Kitchen, task: str) -> None:
    """Expect the message of a failed task: one that was sent without its arguments."""
    answer = _with_result(api, kitchen, task, likely.READ | {500: likely.RAISES})
    outcome = kitchen.outcome(task)
    if outcome is None or outcome.state != "FAILURE":
        return  # a task that can do without them cannot be made to fail
    answer.expect(200, json={"task_id": task, "result": str}, mistakes={"result": likely.EXCEPTION})
    traceback = "Traceback (most recent call last)" in answer.json()["result"]
    if traceback or _words(outcome.returned) not in _words(answer.json()["result"]):
        mistake = likely.TRACEBACK if traceback else likely.OTHER_WORDS
        raise CheckFailed(f"the message of the failed task: {outcome.returned}", answer.text(), mistake=mistake)


def _words(text: str) -> str:
    # Some exceptions come out of the result backend in other quotes than they went in.
    return re.sub(r"\W+", " ", text).strip()


@check("api.broker_down", points=10, needs="api.enqueues")
def test_broker_down(outage: Outage) -> None:
    """answers POST /emails with 503 in time while Redis is down: fresh or connected before, now and again"""
    for answer in outage.answers():
        mistakes = {NO_ANSWER: likely.HANGS, **dict.fromkeys((200, 201, 202), likely.WELL)}
        mistakes |= dict.fromkeys((500, 502, 504), likely.NOT_503)
        if answer.status == 500 and answer.service.traceback(answer.log_mark):
            mistakes[500] = likely.NOT_CAUGHT
        answer.expect(503, within=DOWN_LIMIT, mistakes=mistakes)
