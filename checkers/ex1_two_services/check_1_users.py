"""Checks of users-service."""

from __future__ import annotations

from stage import unknown_id

from foodcourt.grading.learner_service import LearnerService
from foodcourt.pytest_plugin import check

UNFINISHED = {501: "this part is still a TODO: start with TODO 1 in users_service.py"}
UNFINISHED_USER = {501: "this part is still a TODO: go on with the first one in users_service.py"}


@check("users.health", points=5)
def test_health(users_service: LearnerService) -> None:
    """answers GET /health with {"status": "ok"}"""
    mistakes = UNFINISHED | {404: "users_service.py has no route /health", "status": 'the word asked for is "ok"'}
    users_service.get("/health").expect(200, json={"status": "ok"}, mistakes=mistakes)


@check("users.get", points=5)
def test_known_users(users_service: LearnerService) -> None:
    """answers GET /users/{uid} with id and email, for users 1, 2 and 3"""
    for uid in (1, 2, 3):
        mistakes = UNFINISHED_USER | {
            404: f"users_service.py does not know user {uid}"
            + (", or has no route /users/{uid}" if uid == 1 else ", although users 1, 2 and 3 are asked for"),
            "id": "the id is the number that was asked for, as an integer",
            "email": "the key is `email`, and its value a string",
        }
        users_service.get(f"/users/{uid}").expect(200, json={"id": uid, "email": str}, mistakes=mistakes)


@check("users.unknown", points=5, needs="users.get")
def test_unknown_user(users_service: LearnerService) -> None:
    """answers 404 with a detail for a user that does not exist"""
    mistakes = {
        200: "an unknown user is no HTTPException(404), but answered as if all was well",
        500: "an unknown user ends in an error of your code, not in an HTTPException(404)",
        "": 'the 404 is no HTTPException, whose answer has a "detail"',
        "detail": 'the 404 is no HTTPException, whose answer has a "detail"',
    }
    users_service.get(f"/users/{unknown_id()}").expect_detail(404, mistakes=mistakes)


@check("users.invalid", points=5, needs="users.get")
def test_invalid_id(users_service: LearnerService) -> None:
    """answers 422 for an id that is no integer"""
    mistakes = dict.fromkeys((200, 400, 404, 500), "the path parameter is not declared as an integer: `uid: int`")
    for uid in ("ada", "1.5"):
        users_service.get(f"/users/{uid}").expect(422, mistakes=mistakes)
