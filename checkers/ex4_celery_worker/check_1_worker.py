"""Checks of the worker, to which we send messages of our own."""

from __future__ import annotations

import time

from broker import TASK
from stage import PATIENCE, QUICK, Kitchen, some_email
from worker import wait_until

from foodcourt.grading.failures import CheckFailed, TooSlow
from foodcourt.pytest_plugin import check

SLACK = 0.5
"""Seconds beyond `EMAIL_SECONDS` that a task may take."""


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
    mark, began = kitchen.worker.log_size(), time.monotonic()
    task = kitchen.send(email)
    said = ended = None
    while time.monotonic() < began + PATIENCE and not (said and ended):
        now = time.monotonic() - began
        # In this order: what was said before the end is seen before the end.
        ended = ended or (kitchen.outcome(task) and now)
        said = said or (kitchen.worker.said(email.line, mark) and now)
        if (ended and not said and now > ended + SLACK) or (said and now > said + 2 * (QUICK + SLACK)):
            break
        time.sleep(0.01)
    outcome = kitchen.outcome(task)
    trace = kitchen.worker.traceback(mark) if outcome and outcome.state == "FAILURE" else None
    cause = f"; your code raised {trace.error} ({trace.where or 'outside your files'})" if trace else ""
    mistake = trace.mistake if trace else ""
    if said is None:
        text = kitchen.worker.log(mark)
        if "unexpected keyword argument" in cause or ("missing" in cause and "argument" in cause):
            mistake = "the task's parameters are not named `to` and `subject`"
        elif email.to in text:
            mistake = mistake or "the address is printed, but not as `sending email to <to>`"
        elif not trace:
            mistake = "the task prints nothing, or only where it does not show: the worker logs warnings and worse"
        raise CheckFailed(f"`{email.line}` in the worker's log", f"nothing like it{cause}", mistake=mistake)
    kitchen.note("worker", f"prints the line after {said * 1000:.0f} ms")
    if ended is None:
        return  # nobody keeps the result: that is for other checks
    kitchen.note("worker", f"is done after {ended * 1000:.0f} ms")
    if ended < QUICK:
        raise CheckFailed(
            f"a task that takes the {QUICK:g} s of EMAIL_SECONDS",
            f"{ended:.2f} s{cause}",
            mistake=mistake if trace else "the task does not sleep for EMAIL_SECONDS",
        )
    if said >= QUICK and ended - said < QUICK:
        raise TooSlow(
            f"`{email.line}` before the {QUICK:g} s of EMAIL_SECONDS",
            f"it after {said:.2f} s, when all is done",
            mistake="the task sleeps before it prints",
        )
    if ended > QUICK + SLACK:
        late = TooSlow if ended < 2 * (QUICK + SLACK) else CheckFailed
        raise late(
            f"a task that takes the {QUICK:g} s of EMAIL_SECONDS",
            f"{ended:.2f} s",
            mistake="the task does not sleep as long as EMAIL_SECONDS says",
        )
