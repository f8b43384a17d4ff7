"""Checks of orders-service, whose users-service is ours: it does what each check needs it to do."""

from __future__ import annotations

from stage import IMPATIENT, Orders, User, some_item, some_user, unknown_id

from foodcourt.faults import Upstream
from foodcourt.grading.answers import NO_ANSWER, WRONG_BODY, Request
from foodcourt.grading.failures import CheckFailed
from foodcourt.pytest_plugin import check

SLACK = 0.5
"""Seconds beyond `USERS_TIMEOUT` in which an answer must be there."""
UNFINISHED = {501: "this part is still a TODO: go on with the first one in orders_service.py"}


@check("orders.health", points=5)
def test_health(orders: Orders, users: Upstream) -> None:
    """answers GET /health, also while users-service is down"""
    orders.service.get("/health").expect(200, mistakes=UNFINISHED)
    users.refuse()
    orders.service.get("/health").expect(200, mistakes=dict.fromkeys((500, 502, 503), "/health asks users-service"))


@check("orders.create", points=10, needs="orders.health")
def test_create(orders: Orders, user: User, users: Upstream) -> None:
    """answers POST /orders with 201, the order and its user, and gives each order an id of its own"""
    mistakes = UNFINISHED | {
        200: "the route lacks status_code=201",
        404: "the user was not found although users-service knows it",
        503: "USERS_URL is not read from the environment",
        NO_ANSWER: "the call to users-service never ends",
        WRONG_BODY: "the user is not the one that users-service answered with",
    }
    ids = set()
    for count in (1, 2, 3):
        item = some_item()
        shape = {"id": int, "item": item, "user": user.json()}
        ids.add(orders.create(user.id, item).expect(201, json=shape, mistakes=mistakes).json()["id"])
        if len(users.calls) == 0:
            raise CheckFailed(
                "a call to users-service at USERS_URL", "none", mistake="the user is made up, not fetched"
            )
        if len(ids) < count:
            raise CheckFailed("ids that differ", f"{ids} for {count} orders", mistake="order ids are not unique")


@check("orders.get", points=10, needs="orders.create")
def test_get(orders: Orders, user: User, users: Upstream) -> None:
    """answers GET /orders/{oid} with the order and its user, fetched live"""
    item = some_item()
    order = orders.create(user.id, item).expect(201).json()
    shape = {"id": order["id"], "item": item, "user": user.json()}
    orders.get(order["id"]).expect(200, json=shape, mistakes=UNFINISHED | {404: "the order is not stored"})
    moved = some_user().email
    users.answer(f"/users/{user.id}", json={"id": user.id, "email": moved})
    shape["user"] = {"id": user.id, "email": moved}
    mistake = "the user is kept from when the order was made, not fetched live"
    orders.get(order["id"]).expect(200, json=shape, mistakes={WRONG_BODY: mistake})


@check("orders.invalid", points=5, needs="orders.create")
def test_invalid(orders: Orders, user: User) -> None:
    """answers 422 to a malformed body"""
    mistakes = dict.fromkeys(
        (200, 201, 400, 404, 500), "the body is not a pydantic model with `user_id: int` and `item: str`"
    )
    for body in ({"item": "taco"}, {"user_id": user.id}, {"user_id": "ada", "item": "taco"}, b"{not json", ["taco"]):
        orders.service.post("/orders", body).expect(422, mistakes=mistakes)


@check("orders.unknown_user", points=5, needs="orders.create")
def test_unknown_user(orders: Orders, user: User) -> None:
    """answers 404 with a detail for an unknown user, and stores no order"""
    before = orders.create(user.id).expect(201).json()["id"]
    mistakes = dict.fromkeys((500, 502), "a 404 of users-service is reported as an error")
    mistakes[201] = "the order is made although the user does not exist"
    orders.create(unknown_id()).expect_detail(404, mistakes=mistakes)
    after = orders.create(user.id).expect(201).json()["id"]
    for oid in range(before + 1, min(after, before + 20)):
        orders.get(oid).expect(404, mistakes={200: "the order is stored although the user does not exist"})


@check("orders.unknown_order", points=5, needs="orders.create")
def test_unknown_order(orders: Orders) -> None:
    """answers 404 with a detail for an order that does not exist"""
    orders.get(unknown_id()).expect_detail(
        404, mistakes=UNFINISHED | {500: "the order is looked up without asking if it is there"}
    )


@check("orders.timeout", points=10, needs="orders.get")
def test_slow_users_service(impatient_orders: Orders, user: User, users: Upstream) -> None:
    """answers 504 when users-service is slower than USERS_TIMEOUT"""
    order = impatient_orders.create(user.id).expect(201).json()["id"]
    users.hang()
    mistakes = {
        NO_ANSWER: "no timeout on the call to users-service, or not the one from USERS_TIMEOUT",
        500: "httpx.TimeoutException is not caught",
        **dict.fromkeys(
            (502, 503), "a timeout is not told apart from other errors: catch httpx.TimeoutException first"
        ),
        **dict.fromkeys((200, 201), "an answer is given although users-service never answered"),
    }
    patience = 3.0
    ask = [Request("POST", "/orders", {"user_id": user.id, "item": "taco"}), Request("GET", f"/orders/{order}")]
    for answer in impatient_orders.service.ask(ask, patience=patience):
        answer.expect(504, within=IMPATIENT + SLACK, mistakes=mistakes)


@check("orders.unreachable", points=10, needs="orders.get")
def test_unreachable_users_service(orders: Orders, user: User, users: Upstream) -> None:
    """answers 503 when users-service refuses the connection, 502 or 503 when it drops it"""
    order = orders.create(user.id).expect(201).json()["id"]
    mistakes = {
        NO_ANSWER: "a refused connection is tried for too long",
        500: "httpx.ConnectError is not caught: a refused connection is no timeout",
        502: "a refused connection is not told apart from a bad answer",
        504: "a refused connection is no timeout",
        **dict.fromkeys((200, 201), "an answer is given although users-service was not reached"),
    }
    with users.refuse():
        orders.create(user.id).expect(503, mistakes=mistakes)
        orders.get(order).expect(503, mistakes=mistakes)
    mistakes[500] = "httpx.TransportError is not caught: a connection can drop midway"
    mistakes[504] = "a dropped connection is no timeout"
    with users.reset():
        orders.create(user.id).expect({502, 503}, mistakes=mistakes)
        orders.get(order).expect({502, 503}, mistakes=mistakes)


@check("orders.bad_upstream", points=10, needs="orders.get")
def test_bad_upstream(orders: Orders, user: User, users: Upstream) -> None:
    """answers 502 when users-service answers with an error or with what is no user"""
    order = orders.create(user.id).expect(201).json()["id"]
    bad = {
        "answers 500": {"status": 500, "json": user.json()},
        "answers 503": {"status": 503, "json": {"detail": "closed"}},
        "answers 403": {"status": 403, "json": user.json()},
        "answers no JSON": {"body": b"<h1>Welcome to the food court</h1>"},
        "answers JSON without id and email": {"json": {"name": "Ada"}},
    }
    for what, reply in bad.items():
        with users.reply(**reply):
            for answer in (orders.create(user.id), orders.get(order)):
                mistakes = {
                    **dict.fromkeys(
                        (200, 201),
                        f"users-service {what}, and that is taken for a user: raise_for_status() is missing"
                        if "status" in reply
                        else f"users-service {what}, and that is taken for a user",
                    ),
                    404: f"users-service {what}, and that is taken for 'no such user'",
                    **dict.fromkeys((503, 504), f"users-service {what}: that is 502, it was reached in time"),
                }
                answer.expect(502, mistakes=mistakes)


@check("orders.concurrent", points=10, needs="orders.create")
def test_concurrent(orders: Orders, user: User, users: Upstream) -> None:
    """answers 20 requests at once in the time of a few, while users-service takes 0.3 s each"""
    users.delay(seconds=0.3)
    requests = [Request("POST", "/orders", {"user_id": user.id, "item": some_item()}) for _ in range(20)]
    answers = orders.service.ask(requests, patience=6.5)
    mistakes = {
        NO_ANSWER: "a call that blocks (sync client, requests, time.sleep) inside `async def` holds up all others"
    }
    for answer in answers:
        answer.expect(201, within=3.0, mistakes=mistakes)
    if len({answer.json()["id"] for answer in answers}) < len(answers):
        raise CheckFailed("20 orders with 20 ids", "some ids twice", mistake="order ids are not unique")


@check("orders.shared_client", points=10, needs="orders.get", stretch=True)
def test_shared_client(orders: Orders, user: User, users: Upstream) -> None:
    """opens at most 2 connections to users-service for 20 calls in a row"""
    before = users.connections.accepted
    for _ in range(20):
        orders.create(user.id).expect(201)
    opened = users.connections.accepted - before
    if opened > 2:
        raise CheckFailed(
            "at most 2 connections to users-service for 20 calls",
            f"{opened}",
            mistake="a new httpx client is made for each call; share one for the life of the app",
        )
