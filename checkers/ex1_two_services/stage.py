"""What the checks of exercise 1 talk about: users, orders, and how long to wait."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from foodcourt.grading.answers import Answer
from foodcourt.grading.learner_service import LearnerService

PATIENT = 5.0
"""`USERS_TIMEOUT` in seconds where a check is not about time."""
IMPATIENT = 0.2
"""`USERS_TIMEOUT` in seconds where it is."""
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
