"""The stretch goal: a crowd that does not march in step."""

from __future__ import annotations

from crowd import SIZE, crowd, lag
from stage import LONG_WAIT, Court, ahead
from waits import out_of_step, spread

from foodcourt.grading.failures import TooSlow
from foodcourt.pytest_plugin import check

LEAST = 0.15
"""Of all pairs. A random part of half the wait gives 0.35 and, in one of 200 runs, less than this."""


@check("retry.jitter", points=10, needs=("retry.recovers", "retry.non_blocking"), stretch=True)
@ahead
def test_jitter(court: Court) -> None:
    """scatters the retries of 20 calls that fail together"""
    orders = crowd(court, court.leisurely, failures=1)
    attempts = [asked.expect(201, attempts=2).attempts for asked in orders]
    reordered = out_of_step([first.ended_at for first, _ in attempts], [second.read_at for _, second in attempts])
    seconds = spread([asked.waits[0] for asked in orders])
    least = LONG_WAIT / 12 + lag(court.leisurely)
    if reordered < LEAST or seconds < least:
        raise TooSlow(
            f"{SIZE} retries to be scattered, with RETRY_WAIT={LONG_WAIT:g}: the faster half over {least:.2f} s, and "
            f"{LEAST:.0%} of all pairs in another order than they failed in",
            f"{seconds:.3f} s and {reordered:.0%}",
        )
