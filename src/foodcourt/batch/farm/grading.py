"""The grader's side of the farm: puts the work of a class into the queue, and takes the results."""

from __future__ import annotations

import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from foodcourt.batch.farm.parcels import Forged, pack, unpack_report
from foodcourt.batch.farm.queue import TASK, Presence, Run, farm_app, farm_version, open_redis, result_key
from foodcourt.batch.farm.signing import Secret
from foodcourt.batch.local import in_words, no_verdict
from foodcourt.batch.tasks import Task
from foodcourt.errors import FoodCourtError, GraderError
from foodcourt.grading.verdicts import Report
from foodcourt.workbook import Workbook

if TYPE_CHECKING:
    from celery import Celery
    from redis import Redis

__all__ = ["grade_on_farm"]

_POLL = 0.2
_TELL = 5.0
_LOST = 60.0
"""Seconds for which Redis may be away, as when it is started again."""


def grade_on_farm(
    tasks: Sequence[Task], url: str, secret: Secret, workbook: Workbook, tell: Callable[[str], None]
) -> Iterator[tuple[Task, Report]]:
    """Have workers grade, and give each report as it comes; each comes once.

    Args:
        tasks: what to grade.
        url: the farm's Redis.
        secret: the farm's secret.
        workbook: what is graded with.
        tell: told what the instructor should know: that there are no workers, say.

    Raises:
        UsageError: there is no Redis.
        GraderError: it was away for longer than a minute; what came before is not lost.
    """
    client = open_redis(url)
    version = farm_version(workbook, secret)
    farm = _Farm(client, farm_app(url, version, results=False), Presence(client, "grader", version), secret, tell)
    try:
        yield from farm.grade(tasks)
    finally:
        farm.leave()


class _Farm:
    def __init__(
        self, client: Redis, app: Celery, presence: Presence, secret: Secret, tell: Callable[[str], None]
    ) -> None:
        self._client = client
        self._app = app
        self._presence = presence
        self._secret = secret
        self._tell = tell
        self._told = ""
        self._id = secrets.token_hex(8)
        self._run = Run(client, self._id)
        self._pending: dict[str, Task] = {}
        self._unordered: deque[str] = deque()
        self._progress = time.monotonic()

    def grade(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Report]]:
        """Put tasks into the queue, and give the results as they come, until all are there."""
        import redis
        from kombu.exceptions import OperationalError

        self._pending = {f"{self._id}-{task.exercise.slug}-{task.digest}": task for task in tasks}
        self._unordered.extend(self._pending)
        looked, away = 0.0, None
        while self._pending:
            try:
                yield from self._order()
                yield from self._come()
                if time.monotonic() - looked > _TELL:
                    looked = time.monotonic()
                    self._look()
                away = None
            except (redis.RedisError, OperationalError) as error:
                away = away or time.monotonic()
                if time.monotonic() - away > _LOST:
                    raise GraderError(
                        f"the farm's Redis did not answer for {_LOST:g} s: {error}\n"
                        "what came before is kept; try: the same command with --resume"
                    ) from error
            time.sleep(_POLL)

    def _order(self) -> Iterator[tuple[Task, Report]]:
        """Put into the queue what is to be; what cannot be packed, as its folder is gone, gets its report at once."""
        while self._unordered:
            id_ = self._unordered[0]
            task = self._pending[id_]
            try:
                parcel = pack(task, self._id, self._secret)
            except (OSError, FoodCourtError) as error:
                del self._pending[self._unordered.popleft()]
                yield task, no_verdict(task.exercise, in_words(error))
                continue
            self._run.tell()
            self._app.send_task(TASK, args=parcel, task_id=id_)
            self._unordered.popleft()

    def _come(self) -> Iterator[tuple[Task, Report]]:
        ids = list(self._pending)
        values = self._client.mget([result_key(id_) for id_ in ids]) if ids else ()
        for id_, value in zip(ids, values, strict=True):
            if value is None:
                continue
            task = self._pending[id_]
            report = self._report(task, value)
            self._client.delete(result_key(id_))
            if report is not None:
                self._progress = time.monotonic()
                del self._pending[id_]
                yield task, report

    def _report(self, task: Task, stored: bytes | str) -> Report | None:
        """Read what lies where a result should; None where it is none of ours, and the one that is may still come."""
        try:
            return unpack_report(json.loads(stored)["result"], task, self._id, self._secret)
        except (Forged, ValueError, KeyError, TypeError, RecursionError) as error:
            self._say(f"a result in Redis was refused ({error}); somebody else can write there")
            return None

    def _look(self) -> None:
        """See that the work does not lie around."""
        self._presence.tell()
        self._run.tell()
        same, others = self._presence.others("worker")
        if same == 0:
            note = f"; {others} of another version or secret are there, and left alone" if others else ""
            self._say(f"waiting for workers{note}; start them with: foodcourt worker --farm REDIS_URL")
        queue = self._app.conf.task_default_queue
        lying = int(self._client.llen(queue)) + int(self._client.hlen("unacked"))
        if lying == 0 and time.monotonic() - self._progress > 2 * _TELL:
            # Redis was started again without what it held, or failed a worker, which left its work undone.
            self._progress = time.monotonic()
            self._unordered.extend(self._pending)

    def _say(self, text: str) -> None:
        if text != self._told:
            self._told = text
            self._tell(text)

    def leave(self) -> None:
        """Take back what nobody has begun, and go."""
        import contextlib

        import redis

        with contextlib.suppress(redis.RedisError):
            self._run.end()
            self._presence.leave()
        self._app.close()
