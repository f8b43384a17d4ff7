"""What services print: kept, followed, and bounded."""

import contextlib
import itertools
import sys
import threading

import psutil
import pytest
from leaks import until

from foodcourt.processes import ForkServer, LogReady, Service, base_environment

pytestmark = pytest.mark.usefixtures("no_process_left")

FLOOD = """
import os, time
end = time.monotonic() + {seconds}
line = b"%s\\n" % (b"x" * 1000)
while time.monotonic() < end:
    os.write(1, line * 64)
print("the end")
"""


def python(source, **options):
    """Describe a service that is a Python program, executed."""
    return Service([sys.executable, "-c", source], name="program", **options)


def test_output_is_kept_after_the_end():
    """Standard output and error are in the log in their order, and stay there when the service has ended."""
    service = python("import sys; print(1); print(2, file=sys.stderr); print(3)")
    service.start().wait(5)
    assert service.logs() == "1\n2\n3\n"
    assert service.logs(last=2) == "2\n3"
    assert service.log_path.read_text() == "1\n2\n3\n"
    service.close()
    assert not service.log_path.exists()


def test_output_can_be_followed():
    """A follower gets each line when it is written, and ends when the service ends."""
    source = "import time\nfor n in range(5): print('line', n); time.sleep(0.05)\nprint('no newline', end='')"
    with python(source) as service:
        assert list(service.follow()) == [*(f"line {number}" for number in range(5)), "no newline"]


def test_a_follower_does_not_hold_others_up():
    """While one thread waits for the end and another follows, a third learns at once that the service runs."""
    with python("print('here'); import time; time.sleep(60)", ready=LogReady("here")) as service:
        lines = []
        threads = [
            threading.Thread(target=lambda: lines.extend(service.follow())),
            threading.Thread(target=service.wait),
        ]
        for thread in threads:
            thread.start()
        until(lambda: lines == ["here"])
        asked = threading.Thread(target=lambda: service.running)
        asked.start()
        asked.join(1)
        assert not asked.is_alive()
        service.stop()
        for thread in threads:
            thread.join(3)
            assert not thread.is_alive()


def test_output_that_is_no_utf8_is_shown_all_the_same():
    """Bytes that are no UTF-8, and NUL, break neither the log nor its readers."""
    with python(
        "import os, time; os.write(1, b'caf\\xe9 \\x00\\xff\\n'); time.sleep(60)", ready=LogReady("caf")
    ) as service:
        assert service.logs() == "caf\ufffd \x00\ufffd\n"
        assert next(service.follow()) == "caf\ufffd \x00\ufffd"


def size(file):
    """Give the size of a log; one that is renamed just now has none."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def test_a_flood_is_bounded():
    """A program that prints as fast as it can fills no disk and no memory, and does not burn the machine either."""
    with ForkServer() as server:
        limit = 1 << 20
        process = server.launch(
            [sys.executable, "-c", FLOOD.format(seconds=1)],
            cwd="/",
            env=base_environment(),
            log=server.folder / "flood.log",
            log_limit=limit,
        )
        program = psutil.Process(process.pid)
        keeper = program.parent()
        memory = keeper.memory_info().rss
        largest, cpu = 0, 0.0
        while process.wait(0.02) is None:
            largest = max(largest, sum(map(size, server.folder.glob("flood.log*"))))
            with contextlib.suppress(psutil.NoSuchProcess), keeper.oneshot():
                grown, cpu = keeper.memory_info().rss - memory, sum(keeper.cpu_times()[:2])
        assert process.exit_status == 0
        assert largest <= 2 * limit
        assert grown < 8 << 20
        assert cpu < 0.5
        assert (server.folder / "flood.log").read_bytes().endswith(b"the end\n")
        process.close()


def test_a_flood_is_stopped_as_quickly_as_any_other():
    """A service that prints without end is stopped at once, and can be read and followed meanwhile."""
    with python(FLOOD.format(seconds=60), ready=LogReady("x")) as service:
        until(lambda: service.log_path.with_name(f"{service.log_path.name}.1").exists(), what="a rotation")
        assert len(list(itertools.islice(service.follow(), 5_000))) == 5_000
        assert service.logs(last=1)
        assert service.stop(grace=5) == -15


def test_a_new_run_begins_a_new_log():
    """After a restart the log holds the new run's output alone."""
    source = "import os, signal; print('run', os.getpid()); signal.pause()"
    with python(source, ready=LogReady(r"run \d+\n")) as service:
        first = service.logs()
        service.restart()
        assert service.logs() == f"run {service.pid}\n" != first
