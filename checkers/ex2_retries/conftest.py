"""The fixtures of exercise 2: the learner's services, and users-services of ours that fail as planned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from desk import Desk
from lineup import Lineup
from stage import IMPATIENT, LONG_WAIT, PATIENT, RETRY_WAIT, Court, Stall, run_ahead

from foodcourt.faults import Upstream
from foodcourt.grading.submission import Submission


@pytest.fixture(scope="session")
def desk(submission: Submission) -> Desk:
    """The learner's flaky users-service, once for each rate."""
    return Desk(submission)


@pytest.fixture(scope="session")
def court(submission: Submission) -> Iterator[Court]:
    """The learner's orders-service: four times with a users-service of ours each, and once with no settings."""
    with ExitStack() as running:

        def stall(timeout: float = PATIENT, wait: float = RETRY_WAIT, first: Stall | None = None) -> Stall:
            users = running.enter_context(Upstream("users-service (ours)"))
            submission.names[users.url] = "http://127.0.0.1:8001"
            env = {"USERS_URL": users.url, "USERS_TIMEOUT": f"{timeout:g}", "RETRY_WAIT": f"{wait:g}"}
            service = submission.uvicorn("orders_service", name="orders-service", env=env)
            return Stall(service, users, first.service if first else None)

        first = stall()
        leisurely = stall(wait=LONG_WAIT, first=first)
        hurried, lonely = stall(timeout=IMPATIENT, first=first), stall(first=first)
        by_default = submission.uvicorn("orders_service", name="orders-service")
        found = Court(submission, first, hurried, lonely, leisurely, by_default, Lineup(submission))
        submission.upstreams += [found.stall.users, found.hurried.users, found.leisurely.users]
        yield found


@pytest.fixture(scope="session", autouse=True)
def all_at_once(court: Court) -> None:
    """Start the services side by side, and all checks that wait; whoever asks a service first waits for it."""
    run_ahead(court)
