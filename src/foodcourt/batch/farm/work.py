"""A worker of the farm: takes work from the queue, grades it, and gives the result back."""

from __future__ import annotations

import contextlib
import logging
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from celery.exceptions import Ignore
from celery.signals import worker_ready

from foodcourt.batch.farm.parcels import Forged, Parcel, pack_report, unpack
from foodcourt.batch.farm.queue import TASK, Presence, Run, farm_app, farm_version, open_redis
from foodcourt.batch.farm.signing import SECRET_VARIABLE, Secret
from foodcourt.batch.local import in_words, no_verdict
from foodcourt.catalog import Exercise, find_exercise
from foodcourt.errors import NoSandbox, UsageError
from foodcourt.grading.grader import Grader, SandboxUse
from foodcourt.grading.parents import Parents
from foodcourt.grading.verdicts import Report
from foodcourt.workbook import Workbook

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["run_worker"]

_TRIES = 2
"""How often work may end its worker before it is given up."""
_TRIES_WHERE_OTHERS_END = 20
"""The same where workers ended at other work, too: somebody kills them, and it need not be the work."""
_ALIVE = 5.0
_log = logging.getLogger(__name__)


def run_worker(url: str, secret: Secret, workbook: Workbook, *, jobs: int, sandbox: SandboxUse) -> None:
    """Work until SIGTERM or Ctrl-C.

    Args:
        url: the farm's Redis.
        secret: the farm's secret.
        workbook: what is graded with.
        jobs: how many submissions at a time.
        sandbox: whether learners' programs are locked in.

    Raises:
        UsageError: there is no Redis, or the class that is graded there needs workers of another version, or with
            another secret.
    """
    client, version = open_redis(url), farm_version(workbook, secret)
    presence = Presence(client, "worker", version)
    same, others = presence.others("grader")
    if others and not same:
        raise UsageError(
            f"this worker is of version {version}, and the class that is graded there needs another one\n"
            f"expected the same Food Court, exercises, checkers and {SECRET_VARIABLE} on all machines\n"
            "try: git pull && make setup, and the secret of who grades"
        )
    app = farm_app(url, version)
    with Parents() as parents:
        bench = _Bench(client, secret, workbook, sandbox, parents)
        app.task(name=TASK)(bench.grade)
        alive = _Alive(client, presence)
        worker_ready.connect(alive.begin, weak=False)
        try:
            app.worker_main([
                "worker", "--pool", "threads", "--concurrency", str(jobs), "--without-gossip", "--without-mingle",
                "--without-heartbeat", "--loglevel", "WARNING",
            ])  # fmt: skip
        finally:
            alive.end()
            bench.close()


class _Bench:
    """Grades what comes, in as many threads as the worker has."""

    def __init__(
        self, client: Redis, secret: Secret, workbook: Workbook, sandbox: SandboxUse, parents: Parents
    ) -> None:
        self._client = client
        self._secret = secret
        self._workbook = workbook
        self._sandbox = sandbox
        self._parents = parents
        self._mine = threading.local()
        self._graders: list[Grader] = []

    def grade(self, text: object = None, signature: object = None, *_: object, **__: object) -> list[str]:
        """Grade a parcel, and give the packed report: whatever breaks here, too, is told in a signed one."""
        import redis

        try:
            parcel = unpack(text, signature, self._secret)
            if not Run(self._client, parcel.run).goes_on():
                raise Ignore
            ended = self._ended(parcel)
        except Forged as error:
            _log.warning("refused: %s", error)
            raise Ignore from error
        except redis.RedisError as error:  # nothing to do with the work: the grader orders it again
            _log.warning("left undone: %s", error)
            raise Ignore from error
        exercise = find_exercise(parcel.slug, self._workbook)
        if ended:
            report = no_verdict(exercise, f"it ended the worker that graded it {ended} times")
        else:
            report = self._report(exercise, parcel)
        return pack_report(parcel, report, self._secret)

    def _ended(self, parcel: Parcel) -> int:
        """Count a try; give how many workers this work has ended, once that is too many."""
        work, day = f"{parcel.slug}:{parcel.digest}", 24 * 3600
        tries, victims = f"foodcourt:tries:{parcel.run}:{work}", f"foodcourt:ended:{parcel.run}"
        before = int(self._client.incr(tries)) - 1
        self._client.expire(tries, day)
        if before:
            self._client.sadd(victims, work)
            self._client.expire(victims, day)
        others = int(self._client.scard(victims)) - 1
        return before if before >= (_TRIES if others < _TRIES else _TRIES_WHERE_OTHERS_END) else 0

    def _report(self, exercise: Exercise, parcel: Parcel) -> Report:
        began, started_at = time.monotonic(), datetime.now(UTC)
        try:
            # Should this worker be killed, the fork server removes its folder, and the learner's work in it.
            above = self._parents.of(exercise).programs.folder
            with tempfile.TemporaryDirectory(prefix="parcel-", dir=above) as name:
                folder = Path(name, "work")
                parcel.write(folder)
                return self._grader().grade(exercise, folder)
        except NoSandbox as error:
            why = f"there is no sandbox on the worker's machine: {error}"
        except Exception as error:  # noqa: BLE001 - Celery's word on it would not be signed
            why = in_words(error)
        _log.warning("could not grade what began at %s: %s", started_at, why)
        return no_verdict(exercise, why, time.monotonic() - began)

    def _grader(self) -> Grader:
        if not hasattr(self._mine, "grader"):
            self._mine.grader = Grader(self._sandbox, self._parents)
            self._graders.append(self._mine.grader)
        grader: Grader = self._mine.grader
        return grader

    def close(self) -> None:
        for grader in self._graders:
            grader.close()


class _Alive:
    """Says every few seconds that the worker is there, and still busy with what it took.

    Redis knows no connection that holds a message: Celery hands out again what was not acknowledged for a while
    (https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html#visibility-timeout). To notice
    soon that a worker died that while is short, so a worker that lives has to start it anew.
    """

    def __init__(self, client: Redis, presence: Presence) -> None:
        self._client = client
        self._presence = presence
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._consumer: Any = None

    def begin(self, sender: Any, **_: object) -> None:
        """Begin, or go on after the connection was lost; the signal's sender is the consumer."""
        self._consumer = sender
        if self._thread is None:
            self._thread = threading.Thread(target=self._tell, name="alive", daemon=True)
            self._thread.start()

    def _tell(self) -> None:
        import redis

        told = False
        while not self._over.is_set():
            with contextlib.suppress(redis.RedisError):
                self._presence.tell()
                self._refresh()
                if not told:
                    told = True
                    print("ready for work", flush=True)
            self._over.wait(_ALIVE)

    def _refresh(self) -> None:
        try:
            channel = self._consumer.task_consumer.channel
            tags = list(channel.qos._delivered)
        except (AttributeError, RuntimeError):  # it is connecting, or a message comes or goes just now
            return
        if tags:
            now = time.time()
            self._client.zadd(channel.unacked_index_key, dict.fromkeys(tags, now), xx=True)

    def end(self) -> None:
        import redis

        self._over.set()
        if self._thread is not None:
            self._thread.join()
        with contextlib.suppress(redis.RedisError):
            self._presence.leave()
