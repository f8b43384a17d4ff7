"""The stretch goal: a task survives the process that runs it."""

from __future__ import annotations

from stage import PATIENCE, QUICK, Kitchen, some_email
from worker import wait_until

from foodcourt.grading.failures import CheckFailed, TooSlow
from foodcourt.pytest_plugin import check

KILL = """pkill -KILL -P "$(pgrep -o -f 'celery -A tasks worker')\""""
"""What does by hand what the check does, give or take a process."""


@check("worker.redelivers", points=10, needs="worker.prints", stretch=True)
def test_redelivers(kitchen: Kitchen) -> None:
    """runs a task again whose process in the pool was killed with SIGKILL"""
    email = some_email()
    mark = kitchen.worker.log_size()
    task = kitchen.send(email)
    if not wait_until(lambda: kitchen.worker.said(email.line, mark), PATIENCE):
        raise CheckFailed("a task whose process can be killed", f"none that runs within {PATIENCE:g} s")
    pool, running = kitchen.worker.processes(), kitchen.broker.running(task)
    victims = [process for process in pool if process.pid == running.get("worker_pid")] or pool
    if not victims:
        raise CheckFailed("a pool of processes to kill one of", "a worker that runs tasks in its own process")
    kitchen.worker.lose(victims)
    if kitchen.outcome(task):
        raise TooSlow("the task to be killed while it runs", f"its end within {QUICK:g} s")
    kitchen.note("checker", f"kills the process that runs {task}", email, KILL)
    outcome = wait_until(lambda: kitchen.outcome(task), PATIENCE)
    if outcome is None or outcome.state != "SUCCESS":
        observed = f"{outcome.state}: {outcome.returned}" if outcome else f"no end within {PATIENCE:g} s"
        lost = outcome is not None and "exited prematurely" in str(outcome.returned)
        if lost and running.get("acknowledged") is True:
            observed += " (the message was acknowledged before the work was done: task_acks_late)"
        elif lost and running.get("acknowledged") is False:
            observed += " (the message was not given back when its process was gone: task_reject_on_worker_lost)"
        raise CheckFailed("SUCCESS in spite of it", observed)
