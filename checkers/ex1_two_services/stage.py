"""What the checks of exercise 1 talk about: users, orders, and how long to wait."""

from __future__ import annotations

import random
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from foodcourt.faults import Hang, Upstream
from foodcourt.grading.answers import Answer, Request
from foodcourt.grading.learner_service import LearnerService
from foodcourt.grading.submission import Submission

PATIENT = 5.0
"""`USERS_TIMEOUT` in seconds where a check is not about time."""
IMPATIENT = 0.2
"""`USERS_TIMEOUT` in seconds where it is."""
SLACK = 0.5
"""Seconds beyond `USERS_TIMEOUT` in which an answer must be there."""
_random = random.SystemRandom()


@dataclass(frozen=True)
class Orders:
    """The learner's orders-service, asked as its contract says."""

    service: LearnerService

    def create(self, user_id: object, item: object = "falafel", **options: Any) -> Answer:
        """Ask for `POST /orders`."""
        return self.service.post("/orders", {"user_id": user_id, "item": item}, **options)

    def place(self, user_id: int, item: str = "falafel") -> int:
        """Have an order placed that a check can go on with, and give its id.

        It is not what is judged, so a machine too busy for a short `USERS_TIMEOUT` gets a few tries.
        """
        for _ in range(10):
            answer = self.create(user_id, item)
            if answer.status != 504:
                break
        mistakes = {504: "USERS_TIMEOUT is not read as seconds: the answer was given up although it came at once"}
        order: int = answer.expect(201, json={"id": int}, mistakes=mistakes).json()["id"]
        return order

    def get(self, order_id: object, **options: Any) -> Answer:
        """Ask for `GET /orders/{order_id}`."""
        return self.service.get(f"/orders/{order_id}", **options)


@dataclass(frozen=True)
class User:
    """A user that our users-service knows; made up anew for every run, so that no answer can be known before."""

    id: int
    email: str

    def json(self) -> dict[str, object]:
        """Give it as users-service answers it."""
        return {"id": self.id, "email": self.email}


class Silence:
    """An orders-service whose users-service falls silent: asked early, as waiting for it takes time but no work."""

    def __init__(self, submission: Submission, orders: Orders, users: Upstream) -> None:
        """Ask for the first time, while other checks run."""
        self._submission = submission
        self._orders = orders
        self._users = users
        self._early: Future[list[Answer]] | None = submission.early(self._ask)

    def _ask(self) -> list[Answer]:
        user = some_user()
        self._users.answer(f"/users/{user.id}", json=user.json())
        order = self._orders.place(user.id)
        self._users.answer(f"/users/{user.id}", Hang())
        self._users.forget()
        post = Request("POST", "/orders", {"user_id": user.id, "item": some_item()})
        return self._orders.service.ask([post, Request("GET", f"/orders/{order}")], patience=3.0)

    def answers(self) -> list[Answer]:
        """Give what POST and GET were answered: the early answers if right, else what comes of asking again."""
        early, self._early = self._early, None
        if early is not None and early.exception() is None:
            answers = early.result()
            if all(answer.status == 504 and answer.elapsed < IMPATIENT + SLACK for answer in answers):
                self._submission.remember(answers)
                return answers
        return self._ask()

    @property
    def asked_again(self) -> bool:
        """Whether users-service was called more than once for the POST or the GET that were answered last."""
        return len(self._users.calls) > 2


def some_user() -> User:
    """Make up a user."""
    number = _random.randrange(100, 900_000)
    return User(number, f"guest{_random.randrange(10**6)}@stall{number}.example")


def unknown_id() -> int:
    """Make up an id that nobody has."""
    return _random.randrange(1_000_001, 2_000_000_000)


def some_item() -> str:
    """Make up something to order."""
    return f"{_random.choice(['falafel', 'ramen', 'taco', 'pierogi'])} no. {_random.randrange(10_000)}"
