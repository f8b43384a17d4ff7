"""`foodcourt broker`: one embedded broker in the foreground."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from foodcourt.processes import Service

__all__ = ["broker"]

_VARIABLES = {"redis": "REDIS_URL", "rabbitmq": "AMQP_URL", "kafka": "KAFKA_BOOTSTRAP_SERVERS"}


@click.command(epilog="Example: foodcourt broker redis")
@click.argument("kind", type=click.Choice(list(_VARIABLES)), metavar="{redis,rabbitmq,kafka}")
def broker(kind: str) -> None:
    """Run one embedded broker until Ctrl-C, and print its URL.

    It listens on a free port of 127.0.0.1, keeps nothing and leaves nothing behind. The URL (for Kafka: HOST:PORT) is
    the only line on standard output.
    """
    from foodcourt.errors import ServiceExited

    ended = threading.Event()
    # Both are how this verb is meant to end, so neither is a failure; handlers go in before anything runs.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    click.echo(f"starting {kind} …", err=True)
    with _running(kind) as (url, source, service):
        click.echo(url)
        click.echo(
            f"{kind} runs from {source}\n"
            f"use it: export {_VARIABLES[kind]}={url} (in another terminal); Ctrl-C stops it",
            err=True,
        )
        while not ended.wait(0.2):
            if service is not None and not service.running:
                raise ServiceExited(
                    f"expected {kind} to run until it is stopped, but it ended by itself",
                    service=service.name,
                    status=service.exit_status,
                    tail=service.logs(last=10),
                )
    click.echo("stopped", err=True)


@contextlib.contextmanager
def _running(kind: str) -> Iterator[tuple[str, str, Service | None]]:
    from foodcourt.brokers import kafka_broker, rabbitmq_broker, redis_broker

    if kind == "kafka":
        with kafka_broker(embedded=True) as kafka:
            yield kafka.bootstrap_servers, kafka.source, kafka.service
        return
    run = redis_broker if kind == "redis" else rabbitmq_broker
    with run(embedded=True) as started:
        yield started.url, started.source, started.service
