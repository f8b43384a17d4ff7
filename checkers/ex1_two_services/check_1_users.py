"""Checks of users-service."""

from __future__ import annotations

from stage import unknown_id

from foodcourt.grading.answers import WRONG_BODY
from foodcourt.grading.learner_service import LearnerService
from foodcourt.pytest_plugin import check

UNFINISHED = {501: "this part is still a TODO: start with the first one in users_service.py"}


@check("users.health", points=5)
def test_health(users_service: LearnerService) -> None:
    """answers GET /health with {"status": "ok"}"""
    users_service.get("/health").expect(200, json={"status": "ok"}, mistakes=UNFINISHED)


@check("users.get", points=5, needs="users.health")
def test_known_users(users_service: LearnerService) -> None:
    """answers GET /users/{uid} with id and email, for users 1, 2 and 3"""
    mistakes = UNFINISHED | {
        404: "users 1, 2 and 3 are not all there",
        WRONG_BODY: "the id should be an integer and the email a string",
    }
    for uid in (1, 2, 3):
        users_service.get(f"/users/{uid}").expect(200, json={"id": uid, "email": str}, mistakes=mistakes)


@check("users.unknown", points=5, needs="users.get")
def test_unknown_user(users_service: LearnerService) -> None:
    """answers 404 with a detail for a user that does not exist"""
    users_service.get(f"/users/{unknown_id()}").expect_detail(404, mistakes={200: "a user is made up for any id"})


@check("users.invalid", points=5, needs="users.health")
def test_invalid_id(users_service: LearnerService) -> None:
    """answers 422 for an id that is no integer"""
    mistakes = UNFINISHED | dict.fromkeys((200, 404), "the path parameter is not declared as int: `uid: int`")
    for uid in ("ada", "1.5"):
        users_service.get(f"/users/{uid}").expect(422, mistakes=mistakes)
