"""The fixtures of exercise 4: the learner's worker and api, each with a Redis of ours."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from functools import partial

import pytest
from broker import Broker
from stage import LONG, QUICK, Api, Kitchen, Outage
from worker import Reads, Worker

from foodcourt.brokers.redis import Redis, redis_broker
from foodcourt.grading.learner_service import LearnerService
from foodcourt.grading.submission import Submission

BY_HAND = "redis://127.0.0.1:6379/0"
"""What lines to try by hand say instead of an address of ours."""


@pytest.fixture(scope="session")
def redises(submission: Submission) -> list[Redis]:
    """Two Redises, which run among the learner's programs, but start before them: so nobody is there to stop that."""
    return [submission.enter(redis_broker(embedded=True, fork_server=submission.fork_server)) for _ in range(2)]


@pytest.fixture(scope="session")
def brokers(submission: Submission, redises: list[Redis]) -> list[Broker]:
    """Two databases of one of them; which ones, nobody can know, but never the one that is taken by default."""
    redis = redises[0]
    found = [
        Broker(redis.url, number, partial(runs, redis)) for number in random.SystemRandom().sample(range(2, 10), 2)
    ]
    submission.names |= {broker.url: BY_HAND for broker in found}
    return found


def runs(redis: Redis) -> bool:
    """Whether a Redis of ours still runs."""
    return redis.service is None or redis.service.running


@pytest.fixture(scope="session")
def kitchen(submission: Submission, brokers: list[Broker]) -> Kitchen:
    """The learner's worker."""
    broker = brokers[0]
    worker = submission.program(
        ["celery", "-A", "tasks", "worker"],
        file="tasks.py",
        name="worker",
        env={"REDIS_URL": broker.url, "EMAIL_SECONDS": str(QUICK)},
        ready=Reads(broker),
        kind=partial(Worker, broker),
    )
    return Kitchen(worker, broker, submission)


@pytest.fixture(scope="session")
def api(submission: Submission, brokers: list[Broker]) -> Api:
    """The learner's api, whose worker is at work."""
    return Api(_api(submission, brokers[0].url, "api", QUICK), brokers[0], submission)


@pytest.fixture(scope="session")
def lonely_api(submission: Submission, brokers: list[Broker]) -> Api:
    """The learner's api, whose worker is stopped."""
    return Api(_api(submission, brokers[1].url, "api (no worker)", LONG), brokers[1], submission)


@pytest.fixture(scope="session")
def outage(submission: Submission, redises: list[Redis]) -> Iterator[Outage]:
    """The learner's api where Redis is down when it starts, and where it goes down later."""
    redis = redises[1]
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and refused to everybody, as nothing listens
        url = f"redis://127.0.0.1:{nobody.getsockname()[1]}/0"
        submission.names |= {url: BY_HAND, redis.url: BY_HAND}
        connected = _api(submission, redis.url, "api (Redis went down)")
        yield Outage(submission, redis, connected, _api(submission, url, "api (Redis is down)"))


def _api(submission: Submission, url: str, name: str, seconds: float | None = None) -> LearnerService:
    email_seconds = {} if seconds is None else {"EMAIL_SECONDS": str(seconds)}  # it has a default, which has to work
    return submission.uvicorn("api", name=name, env={"REDIS_URL": url, **email_seconds})


@pytest.fixture(scope="session", autouse=True)
def all_at_once(kitchen: Kitchen, api: Api, lonely_api: Api, outage: Outage) -> None:
    """Start all of it side by side; whoever asks one first waits for it."""
