"""`foodcourt broker`: one embedded broker in the foreground."""

from __future__ import annotations

import signal
import threading

import click

__all__ = ["broker"]


@click.command(epilog="Example: foodcourt broker redis")
@click.argument("kind", type=click.Choice(["redis"]), metavar="{redis}")
def broker(kind: str) -> None:
    """Run one embedded broker until Ctrl-C, and print its URL.

    It listens on a free port of 127.0.0.1, keeps nothing on disk and leaves nothing behind. The URL is the only
    line on standard output.
    """
    from foodcourt.brokers import redis_broker
    from foodcourt.errors import ServiceExited

    ended = threading.Event()
    # Both are how this verb is meant to end, so neither is a failure; handlers go in before anything runs.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with redis_broker(embedded=True) as redis:
        click.echo(redis.url)
        click.echo(
            f"{kind} runs from {redis.source}\n"
            f"use it: export REDIS_URL={redis.url} (in another terminal); Ctrl-C stops it",
            err=True,
        )
        service = redis.service
        while not ended.wait(0.2):
            if service is not None and not service.running:
                raise ServiceExited(
                    f"expected {kind} to run until it is stopped, but it ended by itself",
                    service=service.name,
                    status=service.exit_status,
                    tail=service.logs(last=10),
                )
    click.echo("stopped", err=True)
