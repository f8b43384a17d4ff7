"""What the checks of exercise 1 talk about: users, orders, and how long to wait."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from foodcourt.faults import Hang, Upstream
from foodcourt.grading.answers import NO_ANSWER, Answer, Request
from foodcourt.grading.learner_service import LearnerService

PATIENT = 5.0
"""`USERS_TIMEOUT` in seconds where a check is not about time."""
IMPATIENT = 0.2
"""`USERS_TIMEOUT` in seconds where it is."""
SLACK = 0.5
"""Seconds beyond `USERS_TIMEOUT` in which an answer must be there."""
AS_IF_WELL = "an except clause answers as if all was well"
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
    """An orders-service that was told not to wait for long, and whose users-service falls silent."""

    def __init__(self, orders: Orders, users: Upstream) -> None:
        """Take both; nobody else may ask either of them."""
        self._orders = orders
        self._users = users

    def expect_504(self) -> None:
        """Ask `POST /orders` and `GET /orders/{oid}` at the same time, and give the verdict on the answers."""
        user = some_user()
        self._users.answer(f"/users/{user.id}", json=user.json())
        order = self._orders.place(user.id)
        self._users.answer(f"/users/{user.id}", Hang())
        self._users.forget()
        post = Request("POST", "/orders", {"user_id": user.id, "item": some_item()})
        answers = self._orders.service.ask([post, Request("GET", f"/orders/{order}")], patience=3.0)
        mistakes = {
            NO_ANSWER: "no timeout on the call to users-service, or not the one from USERS_TIMEOUT",
            500: "httpx.TimeoutException is not caught",
            **dict.fromkeys(
                (502, 503), "a timeout is not told apart from other errors: catch httpx.TimeoutException first"
            ),
            **dict.fromkeys((200, 201), AS_IF_WELL),
        }
        if len(self._users.calls) > len(answers):
            mistakes[NO_ANSWER] = (
                "after a timeout users-service is asked again; USERS_TIMEOUT is for all tries together"
            )
        for answer in answers:
            answer.expect(504, within=IMPATIENT + SLACK, mistakes=mistakes)


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
