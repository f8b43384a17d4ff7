"""Checks of retries: what reaches users-service, which is ours, when orders-service is asked."""

from __future__ import annotations

from crowd import answers_meanwhile, crowd, lag, queue, room
from stage import ATTEMPTS, FOR_EVER, IMPATIENT, PATIENCE, RETRY_WAIT, SLACK, Asked, Court, ahead, order_for
from waits import Growth, Waits

from foodcourt.faults import Cut, Delay, Reply, Reset, Status
from foodcourt.grading.answers import NO_ANSWER, Request
from foodcourt.grading.failures import CheckFailed, TooSlow
from foodcourt.pytest_plugin import check

AS_IF_WELL = "an except clause answers as if all was well"
RAISE_FOR_STATUS = "a 5xx is taken for an answer: raise_for_status() is missing, or its error does not come out"
NEVER = {
    1: "a 5xx is never tried again: @retry is not around the call, its retry= says no to an httpx.HTTPStatusError "
    "with a 5xx, or an except inside the retried function catches the error before tenacity sees it"
}
LOST_UNCAUGHT = "httpx.TransportError is not caught: a connection can drop midway"
LOST = "retry= has to say yes to every httpx.TransportError"


@check("retry.recovers", points=10, limit=60)
@ahead
def test_recovers(court: Court) -> None:
    """answers as usual when the third attempt succeeds"""
    mistakes = {NO_ANSWER: "the waits are far too long, or it never ends"}
    posted, got = court.stall.order_and_look([500] * 2, [503] * 2)
    shape = {"id": int, "user": posted.user.json()}
    posted.expect(201, json=shape, mistakes=mistakes, miscounted=NEVER, taken=RAISE_FOR_STATUS)
    shape["user"] = got.user.json()
    got.expect(200, json=shape, mistakes=mistakes, miscounted=NEVER, taken=RAISE_FOR_STATUS)


@check("retry.gives_up", points=10, limit=60)
@ahead
def test_gives_up(court: Court) -> None:
    """makes 3 attempts in all, then answers 502"""
    for asked in court.stall.order_and_look([500] * (FOR_EVER - 1), [503] * (FOR_EVER - 1)):
        mistakes = {
            **dict.fromkeys((200, 201), AS_IF_WELL),
            **dict.fromkeys((503, 504), "users-service was reached and answered with an error: that is 502"),
            404: "an error of users-service is taken for 'no such user'",
            500: _none(asked),
        }
        asked.expect(502, mistakes=mistakes, miscounted=NEVER, taken=RAISE_FOR_STATUS)


@check("retry.no_retry_4xx", points=10, limit=60)
@ahead
def test_no_retry_of_4xx(court: Court) -> None:
    """asks once where the answer is 404 or another 4xx"""
    for status, expected in ((404, 404), (403, 502), (499, 502)):
        again = f"a {status} is tried again, but retry= has to say no to every 4xx: asking again does not help"
        mistakes = {
            **dict.fromkeys((200, 201), f"a {status} is taken for a user: raise_for_status() is missing"),
            **dict.fromkeys((404, 500, 502, 503), f"a {status} of users-service is reported as another error"),
        }
        failing = [status] * (FOR_EVER - 1)
        for asked in court.stall.order_and_look(failing, failing):
            asked.expect(
                expected,
                attempts=1,
                json={"detail": object} if expected == 404 else None,
                mistakes=mistakes,
                miscounted=dict.fromkeys(range(2, FOR_EVER), again),
            )


@check("retry.connection_errors", points=10, limit=60)
@ahead
def test_connection_errors(court: Court) -> None:
    """tries again when the connection is broken off or refused, and answers 503 (broken off: or 502) in the end"""
    once = {1: f"a connection that breaks off is never tried again: {LOST}"}
    breaking: list[Reply] = [Reset(), Cut()] * (FOR_EVER // 2)
    posted, got = court.stall.order_and_look([Cut(), Reset()], breaking)
    posted.expect(201, json={"user": posted.user.json()}, miscounted=once, taken=AS_IF_WELL)
    mistakes = {200: AS_IF_WELL, 500: _none(got) or LOST_UNCAUGHT, 504: "a dropped connection is no timeout"}
    got.expect({502, 503}, mistakes=mistakes, miscounted=once, taken=AS_IF_WELL)
    _refused(court)


@ahead
def _refused(court: Court) -> None:
    """Attempts that are refused do not arrive and cannot be counted; what comes of them can be seen."""
    stall = court.lonely
    order = stall.place(stall.user())
    asked = [order_for(stall.user()), Request("GET", f"/orders/{order}")]
    with stall.users.refuse():
        answers = stall.service.ask(asked, patience=PATIENCE)
    mistakes = {
        **dict.fromkeys((200, 201), AS_IF_WELL),
        500: "httpx.ConnectError is not caught: a refused connection is no timeout",
        502: "a refused connection is not told apart from a bad answer",
        504: "a refused connection is no timeout",
        NO_ANSWER: "a refused connection is tried again for ever, or with waits that are far too long",
    }
    for answer in answers:
        answer.expect(503, mistakes=mistakes)
    # With full jitter all attempts of one order in 36 are made before the port is open again, and so all those of
    # five in eight with a probability of 1e-6.
    with stall.users.refuse(seconds=RETRY_WAIT / 3):
        served = sum(order.answer.status == 201 for order in stall.order(*[[]] * 8))
    if served < 4:
        raise CheckFailed(
            f"orders to be served when users-service refuses connections for {RETRY_WAIT / 3:.2f} s",
            f"{served} of 8 that were",
            mistake=f"a refused connection is never tried again: {LOST}, such as httpx.ConnectError",
        )


@check("retry.timeouts", points=10, limit=60)
@ahead
def test_timeouts(court: Court) -> None:
    """tries again when users-service is silent for longer than USERS_TIMEOUT, and answers 504 in the end"""
    # A silence that ends: a client with a longer timeout, or none, gives itself away by taking the answer.
    late = Delay(IMPATIENT + 2, Status(json={"id": 1, "email": "late@stall.example"}))
    silence = [late] * (FOR_EVER - 1)
    no_timeout = "no timeout on the call to users-service, or not the one from USERS_TIMEOUT"
    once = {
        1: "a timeout is never tried again: retry= has to say yes to httpx.TimeoutException, as to every "
        "httpx.TransportError, and no time limit may lie around all attempts together"
    }
    limit = ATTEMPTS * (IMPATIENT + SLACK)
    # Where a wait stops the whole service, it makes attempts for other orders late, which is no matter of this check.
    for asked in court.hurried.order_and_look(silence, silence, at_once=court.beside_others):
        mistakes = {
            **dict.fromkeys((200, 201), AS_IF_WELL),
            500: _none(asked) or "httpx.TimeoutException is not caught",
            **dict.fromkeys((502, 503), "a timeout is not told apart: catch httpx.TimeoutException first"),
        }
        asked.expect(504, mistakes=mistakes, miscounted=once, taken=no_timeout, late=TooSlow)
        if asked.busy > limit:
            raise TooSlow(f"504 within {limit:.2g} s and the waits", f"{asked.busy:.2f} s", mistake=no_timeout)


@check("retry.backoff", points=5, needs="retry.recovers", limit=120)
@ahead
def test_backoff(court: Court) -> None:
    """waits about RETRY_WAIT before the second attempt, and longer before the third"""
    mistakes = {
        Growth.MISSING: "there is no wait=, and then tenacity does not wait at all, or it is not made of RETRY_WAIT",
        Growth.TOO_LONG: "the waits are not made of RETRY_WAIT alone: it is not read from the environment, "
        "or a min=, a jitter= or another number in seconds wins over it",
        Growth.STEADY: "the waits do not grow: there is no wait=, or it is one such as wait_fixed and wait_random",
    }
    waits = Waits(RETRY_WAIT)
    # Where a wait stops the whole service, which is no matter of this check, several would wait for one another.
    together = answers_meanwhile(court)
    growth = Growth.UNSURE
    while growth is Growth.UNSURE and len(waits) < (200 if together else 60):
        if together:
            orders = crowd(court.stall, failures=2, apart=room(court, court.stall))
        else:
            orders = queue(court.stall, failures=2)
        for asked in orders:
            asked.expect(201, miscounted=NEVER)
            waits.add(*asked.waits)
        growth = waits.growth(0.05 + lag(court.stall, unexplained=2 * RETRY_WAIT))
    if growth is Growth.UNSURE and court.beside_others:
        raise TooSlow("to be sure of the waits", str(waits))
    if growth in mistakes:
        kind = CheckFailed if waits.shortest > 12 * RETRY_WAIT else TooSlow
        expected = f"waits of about {RETRY_WAIT:g} s and {2 * RETRY_WAIT:g} s"
        raise kind(expected, f"{waits}: {growth}", mistake=mistakes[growth])


@check("retry.non_blocking", points=5, needs="retry.recovers", limit=60)
def test_non_blocking(court: Court) -> None:
    """answers GET /health while an order waits for its next attempt, and where no setting is given"""
    court.by_default.get("/health").expect(200)
    if not answers_meanwhile(court):
        raise CheckFailed(
            "an answer to GET /health while an order waits for its next attempt",
            "none before that attempt was made, time and again",
            mistake="the wait blocks the whole service: time.sleep, a sync client or tenacity's sync retry inside "
            "`async def`",
        )


def _none(asked: Asked) -> str:
    """Name the mistake of a fetch_user that returns None; empty when it does not look like it."""
    trace = asked.answer.service.traceback(asked.answer.log_mark) if asked.answer.status == 500 else None
    if trace and "NoneType" in trace.error:
        return "fetch_user returns None in the end instead of raising the last error"
    return ""
