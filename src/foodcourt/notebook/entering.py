"""What a notebook has open besides its services: brokers, and receivers of ours."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import TypeVar

from foodcourt.brokers import Kafka, RabbitMQ, Redis, kafka_broker, rabbitmq_broker, redis_broker
from foodcourt.errors import BrokerUnavailable, UsageError
from foodcourt.notebook.skipping import skip_cells_that_need

__all__ = ["broker", "close_all", "enter"]

T = TypeVar("T")
_NAMES = {"redis": "Redis", "rabbitmq": "RabbitMQ", "kafka": "Kafka"}
_open: dict[str, contextlib.ExitStack] = {}


def enter(manager: AbstractContextManager[T], name: str | None = None) -> T:
    """Enter a context manager, and leave it in `finish()`: a `with` block that reaches over cells.

    What was entered under the same name before is left first, so a cell can be run again.

    Args:
        manager: such as `Mailbox()` or `Receiver()`.
        name: by default its class's name.

    Returns:
        What `with manager as …` would give.
    """
    name = name or type(manager).__name__
    if name in _open:
        _open.pop(name).close()
    with contextlib.ExitStack() as stack:
        entered = stack.enter_context(manager)
        _open[name] = stack.pop_all()
    return entered


def broker(kind: str) -> Redis | RabbitMQ | Kafka | None:
    """Start a broker of this notebook's own, or use the one that the environment names, and print its address.

    Args:
        kind: `"redis"`, `"rabbitmq"` or `"kafka"`.

    Returns:
        The broker: `.url` (Kafka: `.bootstrap_servers`) and, where it is ours, `.service`. None when there is none:
        what to install is printed, and cells that say in their first line that they need it, `# needs RabbitMQ`,
        are skipped, so that the others can still be run.

    Raises:
        UsageError: no such kind.
    """
    if kind not in _NAMES:
        raise UsageError(f"expected one of {', '.join(map(repr, _NAMES))}, got {kind!r}")
    name = _NAMES[kind]
    skip_cells_that_need(name, because=None)
    try:
        found = enter(_manager(kind), kind)
    except BrokerUnavailable as error:
        print(error)
        skip_cells_that_need(name, because=f"there is no {name} here; broker({kind!r}) says above what to install")
        return None
    address = found.bootstrap_servers if isinstance(found, Kafka) else found.url
    print(f"{name} is ready at {address}\nby hand: foodcourt broker {kind}")
    return found


def _manager(kind: str) -> AbstractContextManager[Redis | RabbitMQ | Kafka]:
    if kind == "redis":
        return redis_broker()
    return rabbitmq_broker() if kind == "rabbitmq" else kafka_broker()


def close_all() -> list[str]:
    """Leave everything that was entered, the last first; gives the names in the order of entering."""
    names = list(_open)
    with contextlib.ExitStack() as stack:  # goes on past a failure
        while _open:
            stack.push(_open.pop(next(iter(_open))))
    return names
