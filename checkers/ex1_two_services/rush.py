"""Twenty orders at once, as guests come at noon."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from stage import Orders, some_item, some_user

from foodcourt.faults import Delay, Status, Upstream
from foodcourt.grading.answers import NO_ANSWER, Answer, Request
from foodcourt.grading.failures import CheckFailed, TooSlow
from foodcourt.grading.submission import Submission

GUESTS = 20
LIMIT = 3.0
"""Seconds in which all of them are answered."""
MISTAKE = (
    "the calls run in a row: a sync client, requests or time.sleep blocks inside `async def`, a lock is held, "
    "or there are too few connections"
)


class Rush:
    """An orders-service that is asked for a lot, and a users-service of ours that takes 0.3 s for each call."""

    def __init__(self, submission: Submission, orders: Orders, users: Upstream) -> None:
        """Take all three; nobody else may ask either service."""
        self._submission = submission
        self._orders = orders
        self._users = users
        self._before = False

    def expect_all_in_time(self) -> None:
        """Ask for all orders at the same time, and give the verdict on the answers."""
        user = some_user()
        self._users.answer(f"/users/{user.id}", Delay(0.3, Status(200, json=user.json())))
        if self._before:
            self._orders.create(user.id, patience=15)  # waits until nothing is left of the attempt before
        self._before = True
        asked = [Request("POST", "/orders", {"user_id": user.id, "item": some_item()}) for _ in range(GUESTS)]
        self._users.forget()
        answers = self._orders.service.ask(asked, patience=3 * LIMIT)
        mistake = MISTAKE
        if self._users.peak_in_flight > GUESTS / 2 and not one_by_one(answers):
            mistake = ""  # most calls overlapped: something else was slow, and what it was cannot be told from here
        if self._users.peak_in_flight == 1:
            raise (TooSlow if self._submission.attempt == 1 else CheckFailed)(
                f"{GUESTS} requests at once answered within {LIMIT:g} s",
                "never more than one call to users-service at a time",
                mistake=mistake,
            )
        mistakes = {NO_ANSWER: mistake, 504: mistake}
        ids = {
            answer.expect(201, within=LIMIT, json={"id": int}, mistakes=mistakes).json()["id"] for answer in answers
        }
        if len(ids) < GUESTS:
            raise CheckFailed(
                f"{GUESTS} orders with {GUESTS} ids", f"{len(ids)} different ones", mistake="order ids are not unique"
            )


def one_by_one(answers: list[Answer]) -> bool:
    """Whether answers came at a distance from each other: something held each back until the one before was done."""
    ends = sorted(answer.started + answer.elapsed for answer in answers if answer.status == 201)
    return len(ends) > 3 and median(after - before for before, after in pairwise(ends)) > 0.1
