"""The stretch goal: a task survives the process that runs it."""

from __future__ import annotations

from stage import PATIENCE, QUICK, Kitchen, some_email
from worker import wait_until

from foodcourt.grading.failures import CheckFailed, TooSlow
from foodcourt.pytest_plugin import check


@check("worker.redelivers", points=10, needs="worker.prints", stretch=True)
def test_redelivers(kitchen: Kitchen) -> None:
    """runs a task again whose process in the pool was killed with SIGKILL"""
    email = some_email()
    mark = kitchen.worker.log_size()
    task = kitchen.send(email)
    wait_until(lambda: kitchen.worker.said(email.line, mark), PATIENCE)
    pool, runner = kitchen.worker.processes(), kitchen.broker.runner(task)
    victims = [process for process in pool if process.pid == runner] or pool
    if not victims:
        raise CheckFailed("a pool of processes to kill one of", "a worker that runs tasks in its own process")
    kitchen.worker.lose(victims)
    if kitchen.outcome(task):
        raise TooSlow("the task to be killed while it runs", f"its end within {QUICK:g} s")
    kitchen.note("checker", f"kills the process that runs {task}")
    outcome = wait_until(lambda: kitchen.outcome(task), PATIENCE)
    if outcome is None or outcome.state != "SUCCESS":
        mistake = "the message is acknowledged before the work is done: task_acks_late"
        if outcome and "WorkerLostError" not in kitchen.worker.log(mark):
            mistake = ""
        observed = f"{outcome.state}: {outcome.message}" if outcome else f"no end within {PATIENCE:g} s"
        raise CheckFailed("SUCCESS in spite of it", observed, mistake=mistake)
