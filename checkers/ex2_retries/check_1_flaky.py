"""Checks of the flaky users-service: how often it fails, and whether it is chance that decides."""

from __future__ import annotations

import random

from desk import USERS, Desk

from foodcourt.grading.failures import CheckFailed
from foodcourt.grading.shapes import mismatch
from foodcourt.pytest_plugin import check

UNFINISHED = {501: "this part is still a TODO: start with TODO 1 in flaky_users_service.py"}
UNFINISHED_USER = {501: "this part is still a TODO: go on with the first one in flaky_users_service.py"}
COMPARISON = "random.random() < FAILURE_RATE"
NOT_READ = "FAILURE_RATE is not read from the environment, or the dice do not depend on it"


@check("flaky.health", points=5)
def test_health(desk: Desk) -> None:
    """answers GET /health with {"status": "ok"} where all other questions are dropped, and without FAILURE_RATE"""
    mistakes = UNFINISHED | {
        404: "flaky_users_service.py has no route /health",
        500: "/health fails as the other routes do: the dice belong into /users/{uid} only",
        "status": 'the word asked for is "ok"',
    }
    for _ in range(5):
        desk.at(1).get("/health").expect(200, json={"status": "ok"}, mistakes=mistakes)
    desk.by_default.get("/health").expect(200, mistakes=mistakes)


@check("flaky.never", points=5)
def test_rate_zero(desk: Desk) -> None:
    """with FAILURE_RATE=0 answers as the users-service of exercise 1"""
    users = USERS * 10
    answers = desk.look_up(0, users)
    dropped = sum(answer.status == 500 for answer in answers)
    mistakes = UNFINISHED_USER | {
        404: "flaky_users_service.py lacks the route /users/{uid}, or one of the users 1, 2 and 3",
        500: f"FAILURE_RATE is no float(…), or the comparison is the wrong way round: {COMPARISON} drops a question"
        if dropped == len(answers)
        else NOT_READ,
        "id": "the id is the number that was asked for, as an integer",
        "email": "the key is `email`, and its value a string",
    }
    for user, answer in zip(users, answers, strict=True):
        answer.expect(200, json={"id": user, "email": str}, mistakes=mistakes)
    no_exception = "an unknown user is no HTTPException(404), "
    unknown = {200: no_exception + "but answered as if all was well", 500: no_exception + "but an error of your code"}
    desk.at(0).get(f"/users/{random.randrange(1_000_001, 2_000_000)}").expect_detail(404, mistakes=unknown)
    undeclared = dict.fromkeys((200, 400, 404, 500), "the path parameter is not declared as an integer: `uid: int`")
    desk.at(0).get("/users/ada").expect(422, mistakes=undeclared)


@check("flaky.always", points=5)
def test_rate_one(desk: Desk) -> None:
    """with FAILURE_RATE=1 answers every question for a user with 500"""
    users = USERS * 10
    answers = desk.look_up(1, users)
    for user, answer in zip(users, answers, strict=True):
        mistakes = UNFINISHED_USER | {
            200: _not_dropped(any(answer.status == 500 for answer in answers)),
            503: "a question is dropped with another status, 503: it is 500 that is asked for",
        }
        if answer.status == 200 and mismatch({"id": user, "email": str}, answer.json()):
            mistakes[200] = "the failure is returned, which makes it a 200: raise HTTPException(500)"
        answer.expect(500, mistakes=mistakes)


def _not_dropped(others_are: bool) -> str:
    return NOT_READ if others_are else f"the comparison is not {COMPARISON}: wrong way round, or not both from 0 to 1"


@check("flaky.sometimes", points=5, needs="flaky.always")
def test_rate_one_half(desk: Desk) -> None:
    """with FAILURE_RATE=0.5 drops about half of 200 questions, at random"""
    dropped: dict[int, list[bool]] = {user: [] for user in USERS}
    in_waves = []
    for wave in range(10):
        user = USERS[wave % 3]
        answers = desk.look_up(0.5, [user] * 20)
        for answer in answers:
            answer.expect({200, 500}, mistakes=UNFINISHED_USER)
        dropped[user] += [answer.status == 500 for answer in answers]
        in_waves.append(sum(answer.status == 500 for answer in answers))
    count = sum(in_waves)
    same = (
        "it is not decided anew for each question: the dice are thrown once, "
        "or show the same each time, as with a seed"
    )
    for user, drops in dropped.items():
        if len(set(drops)) == 1:
            observed = f"{'all' if drops[0] else 'none'} of the {len(drops)} for user {user} dropped"
            raise CheckFailed("about half of the questions dropped", observed, mistake=same)
    # One in two, in turn, is half of every wave. By chance that comes to pass ten times in a row in 3e-8 of all runs.
    if set(in_waves) == {10}:
        raise CheckFailed(
            "half of 200 questions dropped at random",
            "exactly 10 of 20, ten times in a row",
            mistake="every second question is dropped, in turn: that is a pattern and not random",
        )
    # The binomial distribution gives 66 to 134 in all but 8e-7 of all runs; with 64 to 136 it is 2e-7.
    if not 64 <= count <= 136:
        raise CheckFailed("about 100 of 200 questions dropped (64 to 136)", str(count), mistake=NOT_READ)
