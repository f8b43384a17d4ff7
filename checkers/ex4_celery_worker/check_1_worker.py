"""Checks of the worker, to which we send messages of our own."""

from __future__ import annotations

import likely
from broker import TASK
from stage import QUICK, SLACK, Kitchen, some_email
from worker import wait_until

from foodcourt.grading.failures import CheckFailed, TooSlow
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
        kitchen.send(some_email())
        if wait_until(lambda: kitchen.worker.said(f"unregistered task of type '{TASK}'"), 2 * QUICK):
            raise CheckFailed(f"the task {TASK}", "a worker that does not know it", mistake=likely.not_registered([]))
        return
    tasks = [name for name in known if not name.startswith("celery.")]
    kitchen.note("worker", f"knows the tasks {', '.join(tasks) or '(none)'}", some_email())
    if TASK not in tasks:
        raise CheckFailed(f"the task {TASK}", f"{', '.join(tasks) or 'none'}", mistake=likely.not_registered(tasks))


@check("worker.prints", points=10, needs="worker.registers")
def test_prints(kitchen: Kitchen) -> None:
    """prints whom it sends to, and only then sleeps for EMAIL_SECONDS"""
    email = some_email()
    seen = kitchen.watch(email)
    line, whole = f"`{email.line}` in the worker's log", f"a task that takes the {QUICK:g} s of EMAIL_SECONDS"
    if not seen.said:
        raise CheckFailed(line, f"nothing like it{seen.cause}", mistake=likely.silent(email, seen))
    if seen.runs:
        raise CheckFailed(whole, "one that still runs after several times that", mistake=likely.OTHER_SLEEP)
    if not seen.ended:
        return  # nobody keeps the result: that is for other checks
    if seen.ended < QUICK / 2:  # it may have begun a little before we could look at the time
        mistake = likely.failed(seen) if seen.cause else likely.NO_SLEEP
        raise CheckFailed(whole, f"{seen.ended:.2f} s{seen.cause}", mistake=mistake)
    if seen.said >= QUICK and seen.ended - seen.said < QUICK:
        observed = f"it after {seen.said:.2f} s, when all is done"
        raise TooSlow(f"{line} before it sleeps", observed, mistake=likely.SLEEPS_FIRST)
    if seen.ended > QUICK + SLACK:
        late = TooSlow if seen.ended < 2 * (QUICK + SLACK) else CheckFailed
        raise late(whole, f"{seen.ended:.2f} s", mistake=likely.OTHER_SLEEP)
