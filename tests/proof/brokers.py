"""Do the chapters run against brokers of others, and leave nothing there?

    make brokers
    make brokers ARGS="06 07"

Starts a Redis, a RabbitMQ and a Kafka that no notebook knows of, names them in the environment, as somebody does who
has brokers already, and runs each chapter against them. After each, no key, queue, exchange or topic may be there
that was not there before.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from aiokafka.admin import AIOKafkaAdminClient
from redis import Redis

from foodcourt.brokers import Kafka, RabbitMQ, kafka_broker, rabbitmq_broker, redis_broker
from foodcourt.lab.notebooks import resolve_notebooks
from foodcourt.workbook import Workbook
from proof.store import ROOT

_DATABASES = 16


def main() -> int:
    """Run all that was asked for."""
    parser = argparse.ArgumentParser(prog="make brokers", description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", help="only these")
    options = parser.parse_args()
    bad = False
    with ExitStack() as running:
        redis = running.enter_context(redis_broker(embedded=True))
        rabbit = running.enter_context(rabbitmq_broker(embedded=True))
        kafka = running.enter_context(kafka_broker(embedded=True))
        named = {
            "REDIS_URL": redis.url,
            "AMQP_URL": rabbit.url,
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        }

        def names() -> set[str]:
            return {*_keys(redis.url), *_queues_and_exchanges(rabbit), *_topics(kafka)}

        for path in resolve_notebooks(Workbook(ROOT), options.notebooks):
            before, began = names(), time.monotonic()
            foodcourt = Path(sys.executable).with_name("foodcourt")
            ran = subprocess.run(
                [foodcourt, "run", path.stem[:2]], env={**os.environ, **named}, capture_output=True, text=True
            )
            seconds = time.monotonic() - began
            left = sorted(names() - before)
            print(f"{path.stem}: {seconds:.1f} s; ", end="")
            print("it failed\n" + ran.stdout + ran.stderr if ran.returncode else "all cells ran", end="; ")
            print("left: " + ", ".join(left) if left else "nothing left", flush=True)
            bad = bad or ran.returncode != 0 or bool(left)
    return 1 if bad else 0


def _keys(url: str) -> list[str]:
    found = []
    for number in range(_DATABASES):
        with Redis.from_url(urlsplit(url)._replace(path=f"/{number}").geturl()) as client:
            found += [f"key {key!r} in database {number}" for key in client.scan_iter()]
    return found


def _queues_and_exchanges(rabbit: RabbitMQ) -> list[str]:
    assert rabbit.service is not None
    program = Path(rabbit.source).with_name("rabbitmqctl")
    environment = psutil.Process(rabbit.service.pid).environ()  # holds the node's name, its port and its secret
    found = []
    for kind in ("queue", "exchange"):
        listed = subprocess.run(
            [program, "--quiet", "--no-table-headers", f"list_{kind}s", "name"],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        found += [f"{kind} {name}" for name in listed.stdout.splitlines()]
    return found


def _topics(kafka: Kafka) -> list[str]:
    async def ask() -> list[str]:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
        await admin.start()
        try:
            return [f"topic {name}" for name in await admin.list_topics()]
        finally:
            await admin.close()

    return asyncio.run(ask())


if __name__ == "__main__":
    sys.exit(main())
