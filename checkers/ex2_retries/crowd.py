"""Many orders at the same time, and one while another one waits."""

from __future__ import annotations

import functools
import math
import statistics
import time
from collections.abc import Callable

from stage import ATTEMPTS, PATIENCE, RETRY_WAIT, Asked, Court, Stall, User, order_for

from foodcourt.faults import Delay, Status
from foodcourt.grading.failures import TooSlow

SIZE = 20
_APART = 0.01
"""Seconds between two failures: more than it takes to handle one, where the machine has nothing else to do."""
THERE = SIZE * _APART
"""Seconds from the first question of a crowd to its first failure."""
_APART_BESIDE_OTHERS = 0.015
"""Seconds between two failures where other checks run."""
_FAR_APART = 0.06
"""Seconds between two failures where it has very much to do."""
_MOST_LOST = 0.3
"""Seconds that a crowd may wait for a core, all of it together, before that alone can scatter it."""


def crowd(stall: Stall, *, failures: int, apart: float = _APART) -> list[Asked]:
    """Ask for 20 orders at once, whose first attempts fail almost at once, as when users-service goes down.

    Almost: they fail one after the other, so that hardly any has to wait until another one is handled.

    Args:
        stall: whom to ask.
        failures: how many attempts of each fail.
        apart: seconds between two failures.
    """
    # The first fails when all are waiting for users-service.
    plans = [[Delay((SIZE + number) * apart, Status(500)), *[500] * (failures - 1)] for number in range(SIZE)]
    return stall.order(*plans)


def queue(stall: Stall, *, failures: int) -> list[Asked]:
    """Ask for 20 orders one after the other; the first attempts of each fail."""
    return [asked for _ in range(SIZE) for asked in stall.order([500] * failures)]


def room(court: Court, stall: Stall) -> float:
    """Give the seconds between two failures in which one can be handled, on a machine that is as busy as it is."""
    return _APART_BESIDE_OTHERS if court.beside_others else min(max(_APART, lag(stall)), _FAR_APART)


def lag(stall: Stall, *, unexplained: float = math.inf) -> float:
    """Measure how many seconds an order takes when all is well: what this machine may add to a wait just now.

    Args:
        stall: whom to ask.
        unexplained: seconds that count without being a wait for a core: an orders-service can be slow by itself.
    """
    answers = [stall.order([])[0].expect(201, attempts=1).answer for _ in range(3)]
    return statistics.median(min(answer.elapsed, answer.starved + unexplained) for answer in answers)


def look_again(look: Callable[[], tuple[TooSlow | None, float]]) -> TooSlow | None:
    """Look whether a crowd is scattered, and again where a busy machine may have done it; give the problem, if any.

    Args:
        look: gives what is wrong, if anything is, and the seconds that the crowd waited for a core.
    """
    problem, lost = look()
    if problem is None and lost > _MOST_LOST:
        problem, _ = look()
    return problem


def answers_meanwhile(court: Court) -> bool:
    """Whether orders-service answers /health while an order waits for its next attempt.

    A random wait may be too short to ask in, so several orders are tried. Where none of them has a wait worth the
    name, none is in the way.
    """
    stall = court.stall
    longest = 0.0
    for _ in range(8):
        user = stall.user(500, 500)
        order = court.submission.early(functools.partial(stall.service.ask, [order_for(user)], patience=PATIENCE))
        while not order.done():
            if attempts := _waits_after(stall, user):
                # The first may be answered before the wait has begun, as a failure takes a while to get through.
                for _ in range(3):
                    stall.service.get("/health", patience=PATIENCE).expect(200)
                if _waits_after(stall, user) == attempts:
                    return True
            else:
                time.sleep(0.002)
        asked = Asked(order.result()[0], user, stall.attempts(user))
        longest = max([longest, *asked.waits])
    return longest < 0.6 * RETRY_WAIT


def _waits_after(stall: Stall, user: User) -> int:
    """Give the number of attempts for a user, if all are over and another one is to come; else 0."""
    attempts = stall.attempts(user)
    return len(attempts) if len(attempts) < ATTEMPTS and all(call.ended_at for call in attempts) else 0
