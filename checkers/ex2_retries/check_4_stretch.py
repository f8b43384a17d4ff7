"""The stretch goal: a crowd that does not march in step."""

from __future__ import annotations

from crowd import SIZE, crowd, lag
from stage import LONG_WAIT, Court, ahead
from waits import spread

from foodcourt.grading.failures import TooSlow
from foodcourt.pytest_plugin import check


@check("retry.jitter", points=10, needs=("retry.recovers", "retry.non_blocking"), stretch=True)
@ahead
def test_jitter(court: Court) -> None:
    """scatters the retries of 20 calls that fail together"""
    stall = court.leisurely
    waits = [asked.expect(201, attempts=2).waits[0] for asked in crowd(stall, failures=1)]
    least = LONG_WAIT / 12 + lag(stall)  # a busy machine scatters them, too
    if spread(waits) < least:
        raise TooSlow(
            f"{SIZE} retries to be scattered, the faster half of them over {least:.2f} s and more, "
            f"with RETRY_WAIT={LONG_WAIT:g}",
            f"{spread(waits):.3f} s: they come in step, or nearly",
        )
