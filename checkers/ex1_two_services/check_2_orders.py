"""Checks of orders-service, whose users-service is ours: it does what each check needs it to do."""

from __future__ import annotations

from stage import AS_IF_WELL, PATIENT, SLACK, Orders, User, some_item, some_user, unknown_id

from foodcourt.faults import Upstream
from foodcourt.grading.ahead import Ahead
from foodcourt.grading.answers import NO_ANSWER
from foodcourt.grading.failures import CheckFailed, TooSlow
from foodcourt.grading.learner_service import LearnerService
from foodcourt.grading.shapes import mismatch
from foodcourt.pytest_plugin import check

UNFINISHED = {501: "this part is still a TODO: go on with the first one in orders_service.py"}
LIMIT = PATIENT + SLACK
"""Seconds in which each answer must be there while users-service is in trouble."""


@check("orders.health", points=5)
def test_health(orders: Orders, orders_by_default: LearnerService, users: Upstream) -> None:
    """answers GET /health, also while users-service is down"""
    mistakes = UNFINISHED | dict.fromkeys((500, 502, 503, 504), "/health asks users-service")
    mistakes[404] = "orders_service.py has no route /health"
    orders.service.get("/health").expect(200, mistakes=mistakes)
    users.refuse()
    orders.service.get("/health").expect(200, mistakes=mistakes)
    orders_by_default.get("/health").expect(200, mistakes=mistakes)


@check("orders.create", points=10)
def test_create(orders: Orders, user: User, users: Upstream) -> None:
    """answers POST /orders with 201, the order and its user, and gives each order an id of its own"""
    mistakes = UNFINISHED | {
        200: "the route lacks status_code=201",
        404: "there is no route POST /orders, or the user is looked for elsewhere than at users-service",
        422: "the body is not declared as a pydantic model with `user_id: int` and `item: str`",
        503: "USERS_URL is not read from the environment",
        NO_ANSWER: "the call to users-service never ends",
        "id": "the order's id is an integer",
        "user": "the answer lacks the user that users-service answered with",
        "user.email": "the user is not the one that users-service answered with",
    }
    ids: set[int] = set()
    for count in (1, 2, 3):
        item = some_item()
        shape = {"id": int, "item": item, "user": user.json()}
        ids.add(orders.create(user.id, item).expect(201, json=shape, mistakes=mistakes).json()["id"])
        if len(ids) < count:
            raise CheckFailed(f"{count} orders with {count} ids", f"{ids}", mistake="order ids are not unique")


@check("orders.get", points=10, needs="orders.create")
def test_get(orders: Orders, user: User, users: Upstream) -> None:
    """answers GET /orders/{oid} with the order and its user, fetched live"""
    item = some_item()
    order = orders.place(user.id, item)
    shape = {"id": order, "item": item, "user": user.json()}
    mistakes = UNFINISHED | dict.fromkeys(
        (404, 405), "the order is not stored, or there is no route GET /orders/{oid}"
    )
    orders.get(order).expect(200, json=shape, mistakes=mistakes)
    shape["user"] = {"id": user.id, "email": some_user().email}
    users.answer(f"/users/{user.id}", json=shape["user"])
    mistake = "the user is kept from when the order was made, not fetched live"
    orders.get(order).expect(200, json=shape, mistakes={"user": mistake})


@check("orders.invalid", points=5, needs="orders.create")
def test_invalid(orders: Orders, user: User) -> None:
    """answers 422 to a malformed body"""
    undeclared = "the body is not declared as a pydantic model with `user_id: int` and `item: str`, both required"
    by_hand = "a malformed body is 422: FastAPI says so by itself when the body is declared as a pydantic model"
    mistakes = dict.fromkeys((200, 201, 500), undeclared) | dict.fromkeys((400, 404), by_hand)
    for body in ({"item": "taco"}, {"user_id": user.id}, {"user_id": "ada", "item": "taco"}, b"{not json", ["taco"]):
        orders.service.post("/orders", body).expect(422, mistakes=mistakes)


@check("orders.unknown_user", points=5, needs="orders.create")
def test_unknown_user(orders: Orders, user: User, users: Upstream) -> None:
    """answers 404 with a detail for an unknown user, and stores no order"""
    before, nobody = orders.place(user.id), unknown_id()
    mistakes = {
        **dict.fromkeys((500, 502, 503), "a 404 of users-service is reported as another error"),
        **dict.fromkeys((200, 201), "the order is made although the user does not exist"),
        "detail": 'the 404 is no HTTPException, whose answer has a "detail"',
    }
    orders.create(nobody).expect_detail(404, mistakes=mistakes)
    # Ids often count up: an order that should not be there lies between its neighbours, and shows once it has a user.
    users.answer(f"/users/{nobody}", json={"id": nobody, "email": "late@stall.example"})
    for oid in range(before + 1, min(orders.place(user.id), before + 5)):
        answer = orders.get(oid)
        if answer.status == 200 and mismatch({"id": oid, "user": {"id": nobody}}, answer.json()) is None:
            raise CheckFailed(
                f"no order of user {nobody}, who does not exist",
                f"one stored as {oid}",
                mistake="the order is stored before it is known whether the user exists",
            )


@check("orders.unknown_order", points=5, needs="orders.get")
def test_unknown_order(orders: Orders) -> None:
    """answers 404 for an order that does not exist"""
    mistakes = {
        500: "the order is looked up without asking whether it is there",
        200: "an unknown order is no HTTPException(404), but answered as if all was well",
    }
    orders.get(unknown_id()).expect(404, mistakes=mistakes)


@check("orders.unreachable", points=10, needs="orders.get")
def test_unreachable_users_service(orders: Orders, user: User, users: Upstream) -> None:
    """answers 503 when users-service refuses the connection, 502 or 503 when it drops it"""
    order = orders.place(user.id)
    mistakes = {
        NO_ANSWER: "a refused connection is tried for too long",
        500: "httpx.ConnectError is not caught: a refused connection is no timeout",
        502: "a refused connection is not told apart from a bad answer",
        504: "a refused connection is no timeout",
        **dict.fromkeys((200, 201), AS_IF_WELL),
    }
    with users.refuse():
        # Not judged: it may find a connection that was open, and that is dropped, not refused.
        orders.create(user.id, patience=1.0)
        for answer in (orders.create(user.id, patience=LIMIT), orders.get(order, patience=LIMIT)):
            try:
                answer.expect(503, mistakes=mistakes)
            except CheckFailed as error:
                if answer.status != 504:
                    raise
                # Who knocks until USERS_TIMEOUT has little time left for the last try: too little on a busy machine.
                raise TooSlow(error.expected, error.observed, mistake=error.mistake) from None
    mistakes[500] = "httpx.TransportError is not caught: a connection can drop midway"
    mistakes[504] = "a dropped connection is no timeout"
    with users.reset():
        for answer in (orders.create(user.id, patience=LIMIT), orders.get(order, patience=LIMIT)):
            answer.expect({502, 503}, mistakes=mistakes)


@check("orders.bad_upstream", points=10, needs="orders.get")
def test_bad_upstream(orders: Orders, user: User, users: Upstream) -> None:
    """answers 502 when users-service answers with an error or with what is no user"""
    order = orders.place(user.id)
    bad = {
        "answers 500": {"status": 500, "json": user.json()},
        "answers 503": {"status": 503, "json": {"detail": "closed"}},
        "answers 403": {"status": 403, "json": user.json()},
        "answers no JSON": {"body": b"<h1>Welcome to the food court</h1>"},
        "answers JSON without id and email": {"json": {"name": "Ada"}},
    }
    for what, reply in bad.items():
        taken = f"users-service {what}, and that is taken for a user"
        mistakes = {
            **dict.fromkeys((200, 201), taken + (": raise_for_status() is missing" if "status" in reply else "")),
            404: f"users-service {what}, and that is taken for 'no such user'",
            **dict.fromkeys((403, 500), f"users-service {what}, and its status is passed on or not caught"),
            **dict.fromkeys((503, 504), f"users-service {what}: that is 502, it was reached and in time"),
        }
        with users.reply(**reply):
            for answer in (orders.create(user.id, patience=LIMIT), orders.get(order, patience=LIMIT)):
                if answer.status in (200, 201) and mismatch({"user": {}}, answer.json()):
                    mistakes |= dict.fromkeys((200, 201), AS_IF_WELL)
                answer.expect(502, mistakes=mistakes)


@check("orders.timeout", points=10, needs="orders.get")
def test_slow_users_service(silence: Ahead[None]) -> None:
    """answers 504 when users-service is slower than USERS_TIMEOUT"""
    silence.result()


@check("orders.concurrent", points=10, needs="orders.create", limit=40)
def test_concurrent(rush: Ahead[None]) -> None:
    """answers 20 requests at once in the time of a few, while users-service takes 0.3 s each"""
    rush.result()


@check("orders.shared_client", points=10, needs="orders.create", stretch=True, limit=40)
def test_shared_client(orders: Orders, user: User, users: Upstream) -> None:
    """opens at most 2 connections to users-service for 20 calls in a row"""
    users.forget()
    for _ in range(20):
        orders.create(user.id).expect(201)
    opened = users.connections.accepted
    if opened > 2:
        raise CheckFailed(
            "at most 2 connections to users-service for 20 calls",
            str(opened),
            mistake="each call opens a connection of its own; share one httpx client for the life of the app",
        )
