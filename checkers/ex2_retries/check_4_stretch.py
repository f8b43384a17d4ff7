"""The stretch goal: a crowd that does not march in step."""

from __future__ import annotations

import statistics

from crowd import SIZE, crowd, lag
from stage import LONG_WAIT, Court, ahead
from waits import out_of_step, spread

from foodcourt.grading.failures import TooSlow
from foodcourt.pytest_plugin import check

LEAST = 0.12
"""Of all pairs. A random part of half the wait gives 0.35 and, in one of 500 runs, less than this."""
LEAST_AHEAD = 0.25
"""Beside other checks, which scatter retries, too."""


@check("retry.jitter", points=10, needs=("retry.recovers", "retry.non_blocking"), stretch=True)
@ahead
def test_jitter(court: Court) -> None:
    """scatters the retries of 20 calls that fail together"""
    problem = _in_step(court)
    if problem and court.beside_others:  # one in four is, where the random part is half the wait
        problem = _in_step(court)
    if problem:
        raise problem


def _in_step(court: Court) -> TooSlow | None:
    orders = crowd(court.leisurely, failures=1)
    attempts = [asked.expect(201, attempts=2).attempts for asked in orders]
    reordered = out_of_step([first.ended_at for first, _ in attempts], [second.read_at for _, second in attempts])
    waits = [asked.waits[0] for asked in orders]
    pairs = LEAST_AHEAD if court.beside_others else LEAST
    seconds = LONG_WAIT / 12 + lag(court.leisurely) / 2  # a busy machine scatters them, too
    if reordered >= pairs and spread(waits) >= seconds and statistics.fmean(waits) >= LONG_WAIT / 8:
        return None
    return TooSlow(
        f"{SIZE} retries to be scattered, with RETRY_WAIT={LONG_WAIT:g}: the faster half over {seconds:.2f} s, "
        f"and {pairs:.0%} of all pairs in another order than they failed in",
        f"{spread(waits):.3f} s and {reordered:.0%}, after waits of {statistics.fmean(waits):.2f} s",
    )
