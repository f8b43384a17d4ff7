"""What a busy machine adds to a program's times."""

import os
import subprocess
import sys
import threading

import pytest
from leaks import until

from foodcourt.processes.starvation import Share, family_time, starved, waited


@pytest.mark.skipif(not os.path.exists("/proc/self/schedstat"), reason="the kernel does not count")  # noqa: PTH110
def test_the_kernel_counts_for_each_thread():
    """There are two numbers for each thread of a process, and they never fall."""
    before = Share.of(os.getpid())
    assert {os.getpid(), threading.get_native_id()} <= before.threads.keys()
    after = Share.of(os.getpid())
    for thread in before.threads.keys() & after.threads.keys():
        assert all(now >= then for now, then in zip(after.threads[thread], before.threads[thread], strict=True))
    assert after.together >= before.together > 0


def test_a_process_that_is_gone_had_nothing():
    """Whoever ended meanwhile is no error."""
    assert Share.of(2**22 + 1) == Share({})
    assert family_time(2**22 + 1) == 0


def share(**waits):
    """Make up what threads had: by their numbers, how long each waited."""
    return Share({int(name[1:]): (0.0, seconds) for name, seconds in waits.items()})


@pytest.mark.parametrize(
    ("before", "after", "seconds"),
    [
        (share(t1=1.0, t2=5.0), share(t1=1.25, t2=5.0), 0.25),
        (share(t1=1.0), share(t1=1.25, t2=0.5, t3=0.5, t4=0.25), 0.75),
        (share(t1=1.0, t2=5.0), share(t1=1.0), 0.0),
        (share(t1=1.0), share(), 0.0),
    ],
)
def test_threads_that_wait_at_the_same_time_count_once(before, after, seconds):
    """The main thread counts, and the one other that waited most."""
    assert starved(before, after, main=1) == waited(before, after, main=1) == seconds


@pytest.mark.parametrize(
    ("threads", "seconds"),
    [
        pytest.param({1: (0.1, 0.0), **dict.fromkeys(range(2, 22), (0.1, 1.9))}, 0.0, id="twenty on one core"),
        pytest.param({1: (0.1, 1.5), 2: (1.9, 0.0)}, 0.0, id="behind its own thread"),
        pytest.param({1: (0.5, 1.5)}, 1.5, id="behind others"),
        pytest.param({1: (0.25, 1.0), 2: (0.25, 0.75)}, 1.0, id="behind others for the most part"),
    ],
)
def test_who_waits_for_its_own_is_not_starved(threads, seconds):
    """A program that keeps itself from the cores by its own threads gets no time for that."""
    nothing = Share(dict.fromkeys(threads, (0.0, 0.0)))
    assert starved(nothing, Share(threads), main=1) == pytest.approx(seconds)


@pytest.mark.skipif(sys.platform != "linux", reason="orphans are kept on Linux only")
def test_what_a_program_starts_is_of_its_family():
    """What children of a program used is told, also when they have left it."""
    busy = "import time\nwhile time.process_time() < 0.3: pass\ntime.sleep(60)"
    source = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {busy!r}])\ntime.sleep(60)"
    keeper = f"import subprocess, sys\np = subprocess.Popen([sys.executable, '-c', {source!r}])\nprint(p.pid)"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", f"{keeper}\np.wait()"], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            pid = int(process.stdout.readline())
            until(lambda: family_time(pid) >= 0.2, within=30, what="a child that was busy")
        finally:
            os.killpg(process.pid, 9)
