"""What the checks of exercise 2 talk about: a desk that fails as planned, orders, and the attempts they cause."""

from __future__ import annotations

import functools
import itertools
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from foodcourt.faults import Call, Reply, Status, Upstream
from foodcourt.grading.answers import NO_ANSWER, Answer, Mistakes, Request
from foodcourt.grading.failures import CheckFailed, SubmissionBroken
from foodcourt.grading.learner_service import LearnerService
from foodcourt.grading.submission import Submission

if TYPE_CHECKING:
    from lineup import Lineup

RETRY_WAIT = 0.15
"""Seconds: far more than a busy machine adds to a wait, and little enough to wait for it many times."""
LONG_WAIT = 0.6
"""`RETRY_WAIT` in seconds where small differences between waits count."""
PATIENT = 5.0
"""`USERS_TIMEOUT` in seconds where a check is not about time."""
IMPATIENT = 0.2
"""`USERS_TIMEOUT` in seconds where it is."""
SLACK = 0.5
"""Seconds beyond `USERS_TIMEOUT` that an attempt may take."""
PATIENCE = 12.0
"""Seconds to wait for an answer: waits that are too long are the matter of one check only."""
ATTEMPTS = 3
FOR_EVER = 11
"""A client that never gives up is let off at this attempt, or it would not come to an end."""
UNFINISHED = {501: "this part is still a TODO: go on with the first one in users_client.py, then orders_service.py"}
_random = random.SystemRandom()

Plan: TypeAlias = Sequence[int | Reply]
"""How the attempts go, one after the other: an error status or a reply. All further ones are answered as usual."""


@dataclass(frozen=True)
class User:
    """A user that our users-service knows; made up anew for every run, so that no answer can be known before."""

    id: int
    email: str

    @property
    def path(self) -> str:
        """Where users-service is asked for them."""
        return f"/users/{self.id}"

    def json(self) -> dict[str, object]:
        """Give it as users-service answers it."""
        return {"id": self.id, "email": self.email}


@dataclass(frozen=True)
class Asked:
    """What orders-service was asked for and answered, and the attempts to get the user that reached users-service."""

    answer: Answer
    user: User
    attempts: tuple[Call, ...]

    @property
    def waits(self) -> list[float]:
        """Seconds from the end of each attempt to the beginning of the next."""
        return [
            after.read_at - (before.ended_at or before.hung_up_at or before.read_at)
            for before, after in itertools.pairwise(self.attempts)
        ]

    @property
    def busy(self) -> float:
        """Seconds that the answer took, the waits left out."""
        return self.answer.elapsed - sum(self.waits)

    def expect(
        self,
        status: int | set[int],
        *,
        attempts: int = ATTEMPTS,
        json: Any = None,
        mistakes: Mistakes | None = None,
        miscounted: dict[int, str] | None = None,
        taken: str = "",
        late: type[CheckFailed] = CheckFailed,
    ) -> Asked:
        """Give the verdict on the answer and on the number of attempts.

        Args:
            status: the expected status, or several that are fine.
            attempts: the expected number of attempts.
            json: the shape that the answer must have.
            mistakes: what another status most likely means when the number of attempts is right.
            miscounted: what another number of attempts most likely means, beyond what it always means.
            taken: what it most likely means when the first attempt was taken for a good one.
            late: how to say that the number of attempts is wrong, which a busy machine may be to blame for.

        Raises:
            CheckFailed: it is not as expected.
        """
        count = len(self.attempts)
        mistakes = UNFINISHED | dict(mistakes or {})
        mistake = ""
        if count != attempts:
            mistake = self._mistake(taken, miscounted or {})
            mistakes |= {self.answer.status: mistake} if mistake else {}
        try:
            self.answer.expect(status, json=json, mistakes=mistakes)
        except SubmissionBroken:
            raise
        except CheckFailed as error:
            raise type(error)(
                f"{error.expected} after {_attempts(attempts)}",
                error.observed + (f"; {_attempts(count)}" if count != attempts else ""),
                mistake=error.mistake,
            ) from None
        if count != attempts:
            observed = f"{count}, then {self.answer.status}"
            raise late(f"{_attempts(attempts)} for {self.answer.request}", observed, mistake=mistake)
        return self

    def _mistake(self, taken: str, miscounted: dict[int, str]) -> str:
        count, status = len(self.attempts), self.answer.status
        if count == 0:
            return self.unreached()
        if count >= FOR_EVER or (status == NO_ANSWER and count > ATTEMPTS):
            return "it is tried again for ever: @retry needs stop=stop_after_attempt(3)"
        if count == 1 and status in (200, 201):
            return taken
        usual = {
            2: "2 attempts: it gives up after the first retry; stop_after_attempt(3) counts the first attempt, too",
            4: "4 attempts: stop_after_attempt counts the first attempt, too, so 3 is the number for it",
            9: "9 attempts, 3 times 3: it is retried in two layers, one around the other",
        }
        return (usual | miscounted).get(count, "")

    def unreached(self) -> str:
        """Name the mistake when not even one attempt reached users-service; empty when unsure."""
        if self.answer.service.wait_for_log("was never awaited", within=0.3, mark=self.answer.log_mark):
            return "an `await` is missing before an async call"
        if self.answer.status in (502, 503):
            return "users-service is looked for elsewhere: USERS_URL, or the client's base_url, is not used"
        return ""


class Stall:
    """The learner's orders-service, and a users-service of ours that answers as it is planned for each user.

    Plans are routes, not faults: these end when a check begins, and some orders are asked for ahead of their check.
    """

    def __init__(self, service: LearnerService, users: Upstream, first: LearnerService | None = None) -> None:
        """Take the learner's service, and the users-service that it asks.

        Args:
            service: the orders-service.
            users: the users-service.
            first: one that has to have started before; where that fails, it is told once.
        """
        self.service = service
        self.users = users
        self._first = first or service

    def user(self, *plan: int | Reply) -> User:
        """Make up a user, and plan how the attempts to get them go."""
        number = next(_numbers())
        user = User(number, f"guest{_random.randrange(10**6)}@stall{number}.example")
        self.plan(user, *plan)
        return user

    def plan(self, user: User, *plan: int | Reply) -> None:
        """Plan how the attempts go from now on; an error status comes with a whole user in its body all the same."""
        replies = itertools.chain(
            (reply if isinstance(reply, Reply) else Status(reply, json=user.json()) for reply in plan),
            itertools.repeat(Status(json=user.json())),
        )
        self.users.answer(user.path, lambda _: next(replies))

    def attempts(self, user: User) -> tuple[Call, ...]:
        """Give the calls for a user so far."""
        return tuple(call for call in self.users.calls if call.path == user.path)

    def order(self, *plans: Plan) -> list[Asked]:
        """Ask for `POST /orders` once for each plan, all at the same time."""
        users = [self.user(*plan) for plan in plans]
        return self._ask([order_for(user) for user in users], users)

    def order_and_look(self, post: Plan, get: Plan, *, at_once: bool = True) -> list[Asked]:
        """Ask for `POST /orders`, and for `GET /orders/{oid}` of an order placed before.

        Args:
            post: how the attempts go for the one.
            get: how they go for the other.
            at_once: whether they are asked at the same time, or the second when the first is answered.
        """
        new, known = self.user(*post), self.user()
        order = self.place(known)
        seen = len(self.attempts(known))
        self.plan(known, *get)
        requests, users = [order_for(new), Request("GET", f"/orders/{order}")], [new, known]
        if at_once:
            posted, got = self._ask(requests, users)
        else:
            posted, got = (self._ask([asked], [user])[0] for asked, user in zip(requests, users, strict=True))
        return [posted, Asked(got.answer, known, got.attempts[seen:])]

    def place(self, user: User) -> int:
        """Have an order placed that a check can go on with, and give its id."""
        mistakes = UNFINISHED | {504: "USERS_TIMEOUT is not read as seconds: an answer that came at once is given up"}
        for _ in range(5):  # a machine too busy for a short USERS_TIMEOUT gets a few tries
            (asked,) = self._ask([order_for(user)], [user])
            if asked.answer.status != 504:
                break
        if not asked.attempts and (mistake := asked.unreached()):
            mistakes |= {asked.answer.status: mistake}
        order: int = asked.answer.expect(201, json={"id": int}, mistakes=mistakes).json()["id"]
        return order

    def _ask(self, requests: list[Request], users: list[User]) -> list[Asked]:
        self._first.ready()
        answers = self.service.ask(requests, patience=PATIENCE)
        return [Asked(answer, user, self.attempts(user)) for answer, user in zip(answers, users, strict=True)]


@dataclass(frozen=True)
class Court:
    """All that the checks of retries need.

    Attributes:
        stall: an orders-service with time to spare for its upstream.
        hurried: one that was told not to wait for long.
        lonely: one whose users-service is closed at times.
        leisurely: one with longer waits.
        by_default: one with no settings at all, as a person starts it first.
        lineup: the clients for the learner's tests.
    """

    submission: Submission
    stall: Stall
    hurried: Stall
    lonely: Stall
    leisurely: Stall
    by_default: LearnerService
    lineup: Lineup

    @property
    def beside_others(self) -> bool:
        """Whether a check runs ahead, while others do."""
        return threading.current_thread() is not threading.main_thread()

    def in_peace(self) -> None:
        """Be well again whenever a check begins: all run alone from now on.

        Until now this would have ended a refusal that is put in force ahead of its check.
        """
        if not self.beside_others and self.lonely.users not in self.submission.upstreams:
            self.submission.upstreams.append(self.lonely.users)


Check: TypeAlias = Callable[[Court], None]
_ahead: list[Check] = []
_early: dict[Check, Future[None]] = {}


def ahead(check: Check) -> Check:
    """Run a check as soon as the programs start, while others run: it waits a lot, and hardly needs the machine.

    Only that it passes counts. What went wrong may be due to what ran beside it, so then it is run again in peace.
    """
    _ahead.append(check)

    @functools.wraps(check)
    def settled(court: Court) -> None:
        early = _early.pop(check, None)
        if early is None or early.exception() is not None:
            court.in_peace()
            check(court)

    return settled


def run_ahead(court: Court) -> None:
    """Begin with all checks that are to run ahead."""
    _early.update({check: court.submission.early(functools.partial(check, court)) for check in _ahead})


def order_for(user: User) -> Request:
    """Give the request for something to eat for this user."""
    item = f"{_random.choice(['falafel', 'ramen', 'taco', 'pierogi'])} no. {_random.randrange(10_000)}"
    return Request("POST", "/orders", {"user_id": user.id, "item": item})


def _attempts(count: int) -> str:
    return f"{count} attempt{'' if count == 1 else 's'} at users-service"


@functools.cache
def _numbers() -> Iterator[int]:
    """Give numbers for users: known before to nobody, and none twice."""
    # Not when this module is imported: all who are graded by children of one parent would get the same.
    return itertools.count(_random.randrange(100, 400_000), _random.randrange(2, 40))
