"""The stretch goal: a crowd that does not march in step."""

from __future__ import annotations

import functools
import statistics
import time

from crowd import SIZE, THERE, crowd, lag, look_again
from stage import LONG_WAIT, Court, ahead
from waits import out_of_step, spread

from foodcourt.grading.failures import TooSlow
from foodcourt.grading.submission import Observation
from foodcourt.processes.starvation import Share, waited
from foodcourt.pytest_plugin import check

LEAST = 0.12
"""Of all pairs. A random part of half the wait gives about 0.3. Waits that are all the same give up to 0.04 where the
crowd loses no more than `look_again` lets it, and gave 0.09 where it lost three times that."""


@check("retry.jitter", points=10, needs=("retry.recovers", "retry.non_blocking"), stretch=True)
@ahead
def test_jitter(court: Court) -> None:
    """scatters the retries of 20 calls that fail together"""
    # The first crowd is slow to serve, and scattered by that: a program touches most of its memory then.
    court.leisurely.order(*[[] for _ in range(SIZE)])
    problem = look_again(functools.partial(_in_step, court))
    if problem:
        raise problem


def _in_step(court: Court) -> tuple[TooSlow | None, float]:
    """Look once; give the problem, if any, and the seconds that orders-service waited for a core meanwhile."""
    pid = court.leisurely.service.pid
    observed: list[Observation] = []
    asked = court.submission.early(functools.partial(crowd, court.leisurely, failures=1), observed)
    time.sleep(THERE)  # what it waits for before the first failure scatters nothing
    before = Share.of(pid)
    orders = asked.result()
    court.submission.observe(*observed)
    lost = waited(before, Share.of(pid), main=pid)
    attempts = [asked.expect(201, attempts=2).attempts for asked in orders]
    reordered = out_of_step([first.ended_at for first, _ in attempts], [second.read_at for _, second in attempts])
    waits = [asked.waits[0] for asked in orders]
    seconds = LONG_WAIT / 16 + lag(court.leisurely) / 2  # a busy machine scatters them, too
    if reordered >= LEAST and spread(waits) >= seconds and statistics.fmean(waits) >= LONG_WAIT / 8:
        return None, lost
    problem = TooSlow(
        f"{SIZE} retries to be scattered, with RETRY_WAIT={LONG_WAIT:g}: the faster half over {seconds:.2f} s, "
        f"and {LEAST:.0%} of all pairs in another order than they failed in",
        f"{spread(waits):.3f} s and {reordered:.0%}, after waits of {statistics.fmean(waits):.2f} s",
    )
    return problem, lost
