"""Celery workers as services."""

from __future__ import annotations

from dataclasses import dataclass

from foodcourt.processes import Service

__all__ = ["WorkerReady"]

_TIMEOUT = 0.3


@dataclass(frozen=True, slots=True)
class WorkerReady:
    """Ready when the worker answers a ping, which it does once it takes tasks.

    Its log does not tell: the line "ready." comes at a log level that is off by default.

    Attributes:
        broker: the URL of its broker.
        name: the worker asked for, such as `celery@kitchen` (`-n kitchen@…`); by default any.
    """

    broker: str
    name: str | None = None

    def __call__(self, service: Service) -> bool:
        """Ask once."""
        import celery
        import kombu.exceptions

        with celery.Celery(broker=self.broker, set_as_current=False) as app:
            try:
                replies = app.control.ping(timeout=_TIMEOUT, destination=[self.name] if self.name else None)
            except (kombu.exceptions.KombuError, OSError):
                return False
        return bool(replies)

    def __str__(self) -> str:
        """Say what is waited for."""
        return "it answers Celery's ping"
