"""Checks of the worker, to which we send messages of our own."""

from __future__ import annotations

import re

from broker import TASK
from stage import QUICK, SLACK, Email, Kitchen, Watched, some_email
from worker import wait_until

from foodcourt.grading.failures import CheckFailed, TooSlow
from foodcourt.grading.signatures import likely_mistake
from foodcourt.pytest_plugin import check


@check("worker.starts", points=10)
def test_starts(kitchen: Kitchen) -> None:
    """starts, and waits for messages in the Redis that REDIS_URL names"""
    kitchen.worker.ready()


@check("worker.registers", points=10, needs="worker.starts")
def test_registers(kitchen: Kitchen) -> None:
    """knows the task tasks.send_email"""
    kitchen.worker.ready()
    known = kitchen.broker.registered()
    if known is None:  # it need not answer; then what it says of a message tells
        task = kitchen.send(some_email())
        if wait_until(lambda: kitchen.worker.said(f"unregistered task of type '{TASK}'"), 2 * QUICK):
            raise CheckFailed(f"the task {TASK}", "a worker that does not know it", mistake=_unnamed([]))
        kitchen.note("worker", f"takes {task}")
        return
    tasks = [name for name in known if not name.startswith("celery.")]
    kitchen.note("worker", f"knows the tasks {', '.join(tasks) or '(none)'}")
    if TASK not in tasks:
        raise CheckFailed(f"the task {TASK}", f"{', '.join(tasks) or 'none'}", mistake=_unnamed(tasks))


def _unnamed(tasks: list[str]) -> str:
    if alike := [name for name in tasks if name.endswith("send_email")]:
        return f"the task is named {alike[0]}, after the module that it stands in or by name=; it must be {TASK}"
    if tasks:
        return f"the task is named {tasks[0]}: its function has another name, or name= says so"
    return "no function is made a task with @app.task, or only in a module that tasks.py does not import"


@check("worker.prints", points=10, needs="worker.registers")
def test_prints(kitchen: Kitchen) -> None:
    """prints whom it sends to, and only then sleeps for EMAIL_SECONDS"""
    email = some_email()
    seen = kitchen.watch(email)
    line, whole = f"`{email.line}` in the worker's log", f"a task that takes the {QUICK:g} s of EMAIL_SECONDS"
    if not seen.said:
        raise CheckFailed(line, f"nothing like it{seen.cause}", mistake=_why_silent(email, seen))
    if not seen.ended:
        return  # nobody keeps the result: that is for other checks
    if seen.ended < QUICK:
        mistake = _why_broken(seen) if seen.cause else "the task does not sleep for EMAIL_SECONDS"
        raise CheckFailed(whole, f"{seen.ended:.2f} s{seen.cause}", mistake=mistake)
    if seen.said >= QUICK and seen.ended - seen.said < QUICK:
        observed = f"it after {seen.said:.2f} s, when all is done"
        raise TooSlow(f"{line} before it sleeps", observed, mistake="the task sleeps before it prints")
    if seen.ended > QUICK + SLACK:
        late = TooSlow if seen.ended < 2 * (QUICK + SLACK) else CheckFailed
        raise late(whole, f"{seen.ended:.2f} s", mistake="the task does not sleep as long as EMAIL_SECONDS says")


def _why_silent(email: Email, seen: Watched) -> str:
    if seen.cause:
        return _why_broken(seen)
    if email.to in seen.log or re.search("sending email to", seen.log, re.IGNORECASE):
        return "the line that the task prints is not as `sending email to <to>`"
    return "the task prints nothing, or only where it does not show: the worker logs warnings and worse"


def _why_broken(seen: Watched) -> str:
    if "coroutine" in seen.cause:
        return "the task is an async def, which Celery calls but never awaits"
    if re.search(r"unexpected keyword argument|missing \d .*argument", seen.cause):
        return "the task's parameters are not `to` and `subject`"
    return likely_mistake(seen.error)
