"""The learner's worker: when it is ready, and what its tasks print."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psutil
from broker import Broker

from foodcourt.errors import ServiceNotReady
from foodcourt.grading.learner_program import LearnerProgram
from foodcourt.processes import Service, children

_RECORD = re.compile(r"^\[[^\]\n]{1,60}: [A-Z]{1,10}/[^\]\n]{1,60}\] ?", re.MULTILINE)
"""How Celery begins each record of a worker's log; short, since a made-up line could be matched in many ways."""
_LOST = re.compile(r"Cannot connect to (\w+)://(?:[^@\s]*@)?([^/\s]*)")


@dataclass(frozen=True)
class Reads:
    """Ready when the worker waits for messages at the broker that it was given.

    Its log does not tell at the default level, and it need not answer a ping.
    """

    broker: Broker

    def __call__(self, service: Service) -> bool:
        """Look once.

        Raises:
            ServiceNotReady: it turned to another broker, so that waiting for longer is no use.
        """
        if self.broker.is_read():
            return True
        lost = _LOST.search(service.logs())
        if (lost and lost[2] not in self.broker.url) or self.broker.read() - {self.broker.number}:
            raise ServiceNotReady("it turned to another broker", service=service.name)
        return False

    def __str__(self) -> str:
        """Say what is waited for."""
        return "it waits for messages at its broker"


class Worker(LearnerProgram):
    """A running worker of the submission.

    Args:
        broker: the broker that it was given.
        given: what every program of a submission is made of.
    """

    def __init__(self, broker: Broker, *given: Any) -> None:
        """Start nothing yet."""
        super().__init__(*given)
        self.broker = broker

    def start(self) -> None:
        """Start it, or start it again; the queues that it declares are those that it reads."""
        self.broker.forget_queues()
        super().start()
        self.broker.choose_queue()  # before others declare theirs

    @property
    def _not_ready(self) -> str:  # type: ignore[override]
        lost = _LOST.search(self.log())
        return f"it says: {lost[0]}" if lost else "it reads no queue of the Redis that REDIS_URL names"

    @property
    def _not_ready_mistake(self) -> str:  # type: ignore[override]
        lost = _LOST.search(self.log())
        if lost and lost[1] in ("amqp", "pyamqp"):
            return "Celery is not told its broker, or not by the name `broker`; without one it looks for RabbitMQ"
        if self.broker.read() - {self.broker.number}:
            return "the database at the end of REDIS_URL is not used"
        return "REDIS_URL is not read from the environment, or not used as the broker"

    def _start_mistake(self) -> str:
        log = self.log()
        if re.search(r"Module 'tasks' has no attribute|The module tasks was not found", log):
            return "tasks.py has no variable named `app` that holds a Celery application"
        return super()._start_mistake()

    def said(self, text: str, mark: int = 0) -> bool:
        """Whether its log holds a text, however many records that was printed in."""
        return _squeezed(text) in _squeezed(self.log(mark))

    def processes(self) -> list[psutil.Process]:
        """Give the processes of its pool."""
        return children(self.pid)

    def lose(self, victims: list[psutil.Process]) -> None:
        """Kill processes of its pool, and let it find them dead at once.

        Celery is told of the end of a process a moment before it can be collected; where it loses that race, it looks
        again only seconds later. So it stands still meanwhile.
        """
        self.signal(signal.SIGSTOP)
        wait_until(lambda: _status(self.pid) == psutil.STATUS_STOPPED, 1.0)
        for victim in victims:
            try:
                victim.kill()
            except psutil.Error:
                continue  # it ended by itself
        wait_until(lambda: all(_status(v.pid) in (psutil.STATUS_ZOMBIE, "") for v in victims), 1.0)
        self.signal(signal.SIGCONT)


def wait_until(happens: Callable[[], Any], within: float) -> Any:
    """Wait up to `within` seconds for something to be so; what it gave last tells whether it is."""
    deadline = time.monotonic() + within
    while not (found := happens()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def _squeezed(text: str) -> str:
    # Celery makes a record of each piece that print() writes: of "to" and the address, where there are two arguments.
    return "".join(_RECORD.sub("", text).split())


def _status(pid: int) -> str:
    try:
        return psutil.Process(pid).status()
    except psutil.Error:
        return ""
