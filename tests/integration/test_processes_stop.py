"""Stopping services: politely, then not, and always the whole tree."""

import asyncio
import signal
import sys
import threading
import time

import httpx
import psutil
import pytest
from leaks import below, until

from foodcourt.processes import HttpReady, LogReady, Service

pytestmark = pytest.mark.usefixtures("no_process_left")

APP = """
from fastapi import FastAPI
app = FastAPI()

@app.get("/health")
def health():
    return {}
"""
# Leaves a grandchild in a session of its own, with no parent but init, deaf to every polite signal.
DAEMON = """
import os, signal, sys, time
reader, writer = os.pipe()
def daemon():
    if os.fork() == 0:
        os.setsid()
        between = os.getpid()
        if os.fork() != 0:
            os._exit(0)
        while os.getppid() == between:  # one that is about to end would be counted, too
            time.sleep(0.001)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        print("daemon", os.getpid(), flush=True)
        os.write(writer, b".")
        time.sleep(600)
        os._exit(0)
    os.wait()
    os.read(reader, 1)
daemon()
"""


def python(source, **options):
    """Describe a service that is a Python program, executed."""
    return Service([sys.executable, "-c", source], name="program", **options)


def daemon_of(service):
    """Give the pid of the daemon that announced itself in the service's log."""
    return int(service.logs().partition("daemon ")[2].split()[0])


def test_a_polite_service_ends_in_its_own_way():
    """SIGTERM reaches the program, which may finish its work and choose its status."""
    source = (
        "import signal, sys, time\n"
        "def bye(*_):\n    print('washing up'); sys.exit(5)\n"
        "signal.signal(signal.SIGTERM, bye)\nprint('open')\ntime.sleep(600)"
    )
    service = python(source, ready=LogReady("open\n")).start()
    assert service.stop() == 5
    assert service.logs() == "open\nwashing up\n"
    assert service.exit_status == 5
    assert service.stop() == 5
    service.close()


def test_one_that_ignores_sigterm_is_killed_after_the_grace():
    """A program that ignores SIGTERM is killed when its time is up, neither sooner nor much later."""
    source = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"
    with python(source, ready=LogReady("deaf")) as service:
        began = time.monotonic()
        assert service.stop(grace=0.4) == -signal.SIGKILL
        assert 0.4 <= time.monotonic() - began < 3


def test_one_that_is_frozen_is_killed_too():
    """A program that was suspended does not keep its owner waiting for ever."""
    with python("print('here'); import time; time.sleep(600)", ready=LogReady("here")) as service:
        service.signal(signal.SIGSTOP)
        until(lambda: psutil.Process(service.pid).status() == psutil.STATUS_STOPPED)
        assert service.stop(grace=0.2) == -signal.SIGKILL


@pytest.mark.parametrize("end", ["stop", "kill", "close"])
def test_a_daemon_is_taken_along(end):
    """A grandchild with a session of its own and no parent left ends with the service, and is counted."""
    service = python(DAEMON + "time.sleep(600)", ready=LogReady(r"daemon \d+\n")).start()
    daemon = daemon_of(service)
    getattr(service, end)()
    assert not service.running
    assert not psutil.pid_exists(daemon)
    assert service.orphans == 1
    service.close()


def test_a_daemon_does_not_outlive_a_program_that_ends_by_itself():
    """What a program leaves behind when it ends is killed before its end is reported."""
    service = python(DAEMON, ready=None).start()
    assert service.wait(10) == 0
    assert service.orphans == 1
    assert not psutil.pid_exists(daemon_of(service))
    service.close()


def test_uvicorn_with_reload_leaves_no_worker(tmp_path):
    """`uvicorn --reload` ends whole: supervisor, worker and multiprocessing's helper, and its port is free again."""
    (tmp_path / "app.py").write_text(APP)
    service = Service(["uvicorn", "app:app", "--port", "{port}", "--reload"], cwd=tmp_path, ready=HttpReady()).start()
    tree = [process.pid for process in psutil.Process(service.pid).children(recursive=True)]
    assert tree
    service.kill()
    assert not any(psutil.pid_exists(pid) for pid in tree)
    with pytest.raises(httpx.ConnectError):
        httpx.get(service.url)
    service.close()


def test_a_restart_keeps_the_port(tmp_path):
    """A restarted service is another process on the same port; a client's address stays right."""
    (tmp_path / "app.py").write_text(APP)
    with Service(["uvicorn", "app:app", "--port", "{port}"], cwd=tmp_path, ready=HttpReady()) as service:
        before = service.port, service.pid
        for _ in range(3):
            service.restart()
            assert httpx.get(f"{service.url}/health").status_code == 200
        assert service.port == before[0]
        assert service.pid != before[1]
        service.stop()
        service.start()
        assert service.running


def test_a_service_outlives_the_thread_that_started_it():
    """A service belongs to the process, not to the thread: it goes on when that ends."""
    service = python("print('here'); import time; time.sleep(600)", ready=LogReady("here"))
    thread = threading.Thread(target=service.start)
    thread.start()
    thread.join(20)
    assert service.wait(0.3) is None
    service.close()


def test_services_start_and_stop_within_a_running_loop(tmp_path):
    """In a notebook an event loop runs already; starting and stopping does not mind."""
    (tmp_path / "app.py").write_text(APP)

    async def cell():
        with Service(["uvicorn", "app:app", "--port", "{port}"], cwd=tmp_path, ready=HttpReady()) as service:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"{service.url}/health")).status_code

    assert asyncio.run(cell()) == 200


def test_an_interrupt_while_starting_stops_what_was_started():
    """Ctrl-C (the kernel's interrupt) during a start leaves nothing running."""
    service = python("print('here'); import time; time.sleep(600)", ready=LogReady("never"), ready_timeout=60)
    main = threading.main_thread().ident

    def interrupt():
        until(lambda: service.running and "here" in service.logs(), within=20)
        signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        service.start()
    thread.join()
    assert not service.running
    service.close()


def test_what_ends_just_after_the_program_was_not_left_behind():
    """A child that waits for the program's end, and then takes its time to leave, is waited for."""
    source = """
import os, time
reader, writer = os.pipe()
if os.fork() == 0:
    os.close(writer)
    os.read(reader, 1)
    time.sleep(0.2)
"""
    service = python(source, ready=None).start()
    assert service.wait(20) == 0
    assert service.orphans == 0
    service.close()


def test_processes_that_take_a_while_to_die_are_counted_once():
    """Fifty that are left behind, each with memory to give back and so slower to die, are fifty."""
    source = """
import os
for _ in range(50):
    if os.fork() == 0:
        memory = bytearray(20 << 20)
        memory[::4096] = bytes([1]) * len(memory[::4096])
        while True:
            os.getppid()
"""
    service = python(source, ready=None).start()
    assert service.wait(20) == 0
    assert service.orphans == 50
    service.close()


def test_many_services_leave_nothing_behind():
    """Starting and stopping many times leaves no descriptor, no child and no file."""
    python("pass").start().close()  # the fork server stays
    before = psutil.Process().num_fds()
    services = [python("import time; time.sleep(600)") for _ in range(10)]
    for _ in range(2):
        for service in services:
            service.start()
            assert service.stop() == -signal.SIGTERM
    assert psutil.Process().num_fds() == before
    for service in services:
        service.close()
        assert not service.log_path.parent.exists()
    until(lambda: not below())
    servers = psutil.Process().children()
    assert all(not server.children() for server in servers), "the fork servers bury what ended"
