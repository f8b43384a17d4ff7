"""What a busy machine adds to a program's times."""

import os
import threading

import pytest

from foodcourt.processes.starvation import run_delays, starved


@pytest.mark.skipif(not os.path.exists("/proc/self/schedstat"), reason="the kernel does not count")  # noqa: PTH110
def test_the_kernel_counts_for_each_thread():
    """There is a number for each thread of a process, and it never falls."""
    before = run_delays(os.getpid())
    assert {os.getpid(), threading.get_native_id()} <= before.keys()
    after = run_delays(os.getpid())
    assert all(after[thread] >= delay for thread, delay in before.items() if thread in after)


def test_a_process_that_is_gone_has_no_delays():
    """Whoever ended meanwhile is no error."""
    assert run_delays(2**22 + 1) == {}


@pytest.mark.parametrize(
    ("before", "after", "seconds"),
    [
        ({1: 1.0, 2: 5.0}, {1: 1.25, 2: 5.0}, 0.25),
        ({1: 1.0}, {1: 1.25, 2: 0.5, 3: 0.5, 4: 0.25}, 0.75),
        ({1: 1.0, 2: 5.0}, {1: 1.0}, 0.0),
        ({1: 1.0}, {}, 0.0),
    ],
)
def test_threads_that_wait_at_the_same_time_count_once(before, after, seconds):
    """The main thread counts, and the one other that waited most."""
    assert starved(before, after, main=1) == seconds
