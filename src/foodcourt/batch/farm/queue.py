"""The Celery queue on Redis that the farm shares, and who is there."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from celery import Celery

from foodcourt.batch.farm.signing import Secret
from foodcourt.batch.tasks import grader_version
from foodcourt.catalog import exercises
from foodcourt.errors import UsageError
from foodcourt.workbook import Workbook

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["TASK", "Presence", "Run", "farm_app", "farm_version", "open_redis", "result_key"]

TASK = "foodcourt.grade"
VISIBILITY = 30
"""Seconds after which work is handed to another worker if the one that has it does not say that it is alive."""
_ANSWER = 5.0
"""Seconds for which Redis may be silent; each order is tried some times."""
_HERE = 20
"""Seconds for which somebody counts as there after they said so."""
_RUNS = 120
"""Seconds for which work is still wanted after its grader said so: more than it bears that Redis is away."""


def farm_version(workbook: Workbook, secret: Secret) -> str:
    """Give what stands for all that verdicts depend on, how they are asked for, and by whom.

    All of a farm have the same. Others have a queue of their own, and are told from those that are not there at all.
    """
    digest = hashlib.sha256(" ".join(grader_version(exercise) for exercise in exercises(workbook)).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    version = digest.hexdigest()[:12]
    return f"{version}-{secret.sign('version', version)[:12]}"


def farm_app(url: str, version: str, *, results: bool = True) -> Celery:
    """Describe the queue: late acknowledgement, JSON only, nobody to be controlled from elsewhere.

    Args:
        url: the farm's Redis.
        version: that of those who share the queue.
        results: whether Celery knows where results lie. One that does subscribes to that of each order, and places no
            order any more once Redis was away meanwhile.
    """
    app = Celery("foodcourt-farm", broker=url, backend=url if results else None, set_as_current=False)
    app.conf.update(
        task_default_queue=f"foodcourt-{version}",
        task_serializer="json",
        result_serializer="json",
        accept_content=["json"],
        # Acknowledged when done: what a worker had when it died is handed to another.
        task_acks_late=True,
        task_acks_on_failure_or_timeout=True,
        worker_disable_prefetch=True,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": VISIBILITY,
            "unacked_restore_throttle": 1,
            "unacked_restore_interval": 2,
            "unacked_mutex_expire": 10,
            # Without, an order waits for ever where Redis went without a word, as when a cable is pulled.
            "socket_timeout": _ANSWER,
            "socket_connect_timeout": _ANSWER,
        },
        result_expires=24 * 3600,
    )
    return app


def result_key(id_: str) -> str:
    """Give the key under which Celery puts the result of a task into Redis."""
    return f"celery-task-meta-{id_}"


def open_redis(url: str) -> Redis:
    """Open the farm's Redis.

    Raises:
        UsageError: nobody answers there.
    """
    import redis

    try:
        client = redis.Redis.from_url(url, socket_timeout=10, socket_connect_timeout=5)
        client.ping()
    except (redis.RedisError, ValueError) as error:
        raise UsageError(
            f"expected a Redis at {url.rpartition('@')[2]}, got: {error}\n"
            "try: foodcourt broker redis, for workers on this machine; for others, a redis-server with a password"
        ) from error
    return client


class Presence:
    """Who grades a class or works for the farm just now, and of which version they are."""

    def __init__(self, client: Redis, role: str, version: str) -> None:
        """Speak for this process, as a `role` of `grader` or `worker`."""
        self._client = client
        self._version = version
        self._key = f"foodcourt:{role}:{version}:{socket.gethostname()}:{os.getpid()}"

    def tell(self) -> None:
        """Say that this process is there; to be said again at least every ten seconds."""
        self._client.set(self._key, "here", ex=_HERE)

    def leave(self) -> None:
        """Say that it is not any more."""
        self._client.delete(self._key)

    def others(self, role: str) -> tuple[int, int]:
        """Count those of a role: of the same version, and of others."""
        versions = [key.decode().split(":")[2] for key in self._client.scan_iter(f"foodcourt:{role}:*", count=1_000)]
        same = versions.count(self._version)
        return same, len(versions) - same


class Run:
    """The grading of a class, for as long as there is a grader that waits for what comes of it."""

    def __init__(self, client: Redis, id_: str) -> None:
        """Speak of the run with this id."""
        self._client = client
        self._key = f"foodcourt:run:{id_}"

    def tell(self) -> None:
        """Say that its results are waited for; to be said before its first order, and again at least every minute."""
        self._client.set(self._key, "on", ex=_RUNS)

    def end(self) -> None:
        """Say that they are not any more."""
        self._client.delete(self._key)

    def goes_on(self) -> bool:
        """Whether anybody waits for its results."""
        return bool(self._client.exists(self._key))
