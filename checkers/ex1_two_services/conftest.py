"""The fixtures of exercise 1: the learner's two services, and a users-service of ours that misbehaves on demand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rush import Rush
from stage import IMPATIENT, PATIENT, Orders, Silence, User, some_user

from foodcourt.faults import Upstream
from foodcourt.grading.ahead import Ahead
from foodcourt.grading.learner_service import LearnerService
from foodcourt.grading.submission import Submission


@pytest.fixture(scope="session")
def users_service(submission: Submission) -> LearnerService:
    """The learner's users-service."""
    return submission.uvicorn("users_service", name="users-service")


@pytest.fixture(scope="session")
def users(submission: Submission) -> Iterator[Upstream]:
    """A users-service of ours, which knows nobody yet; it is well again when a check begins."""
    with Upstream("users-service (ours)") as server:
        submission.upstreams.append(server)
        yield server


@pytest.fixture
def user(users: Upstream) -> User:
    """A user that it knows."""
    user = some_user()
    users.answer(f"/users/{user.id}", json=user.json())
    return user


@pytest.fixture(scope="session")
def orders(submission: Submission, users: Upstream) -> Orders:
    """The learner's orders-service, with time to spare for its upstream."""
    env = {"USERS_URL": users.url, "USERS_TIMEOUT": str(PATIENT)}
    return Orders(submission.uvicorn("orders_service", name="orders-service", env=env))


@pytest.fixture(scope="session")
def orders_by_default(submission: Submission) -> LearnerService:
    """The learner's orders-service with no settings at all, as a person starts it first."""
    return submission.uvicorn("orders_service", name="orders-service")


@pytest.fixture(scope="session")
def silence(submission: Submission) -> Iterator[Ahead[None]]:
    """The learner's orders-service, told not to wait for long, and a users-service of ours that falls silent."""
    with Upstream("users-service (ours)") as silent:
        submission.upstreams.append(silent)
        env = {"USERS_URL": silent.url, "USERS_TIMEOUT": str(IMPATIENT)}
        orders = Orders(submission.uvicorn("orders_service", name="orders-service", env=env))
        yield Ahead(submission, Silence(orders, silent).expect_504)


@pytest.fixture(scope="session")
def rush(submission: Submission) -> Iterator[Ahead[None]]:
    """The learner's orders-service, with many guests at once, and a slow users-service of ours."""
    with Upstream("users-service (ours)") as slow:
        submission.upstreams.append(slow)
        env = {"USERS_URL": slow.url, "USERS_TIMEOUT": str(PATIENT)}
        orders = Orders(submission.uvicorn("orders_service", name="orders-service", env=env))
        yield Ahead(submission, Rush(submission, orders, slow).expect_all_in_time)


@pytest.fixture(scope="session", autouse=True)
def all_at_once(
    users_service: LearnerService,
    orders: Orders,
    silence: Ahead[None],
    rush: Ahead[None],
    orders_by_default: LearnerService,
) -> None:
    """Start the services side by side; whoever asks one first waits for it."""
