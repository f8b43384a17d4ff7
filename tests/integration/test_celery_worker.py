"""A Celery worker as a service."""

import pytest

from foodcourt.brokers import redis_broker
from foodcourt.errors import ServiceNotReady
from foodcourt.processes import Service
from foodcourt.services import WorkerReady

pytestmark = pytest.mark.usefixtures("no_process_left")

TASKS = """
import os
from celery import Celery
app = Celery("tasks", broker=os.environ["REDIS_URL"], backend=os.environ["REDIS_URL"])

@app.task
def double(number):
    return 2 * number
"""


def test_a_worker_is_ready_when_it_takes_tasks(tmp_path):
    """What is sent once the worker is ready is done; its pool of processes ends with it."""
    import celery

    (tmp_path / "tasks.py").write_text(TASKS)
    with redis_broker(embedded=True) as redis:
        command = ["celery", "-A", "tasks", "worker", "-n", "kitchen@court"]
        ready = WorkerReady(redis.url, "kitchen@court")
        worker = Service(command, cwd=tmp_path, env={"REDIS_URL": redis.url}, ready=ready)
        with worker, celery.Celery(broker=redis.url, backend=redis.url, set_as_current=False) as app:
            assert app.send_task("tasks.double", [21]).get(timeout=10) == 42
            app.backend.client.close()


def test_a_worker_without_its_broker_is_not_ready(tmp_path):
    """While there is no broker the worker tries again and again, and is not taken for ready."""
    (tmp_path / "tasks.py").write_text(TASKS)
    url = "redis://127.0.0.1:1/0"
    worker = Service(
        ["celery", "-A", "tasks", "worker"],
        cwd=tmp_path,
        env={"REDIS_URL": url},
        ready=WorkerReady(url),
        ready_timeout=3,
    )
    with pytest.raises(ServiceNotReady, match="it answers Celery's ping"):
        worker.start()
    worker.close()
