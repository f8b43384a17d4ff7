"""Services die with their owner, however it ends, and leave neither process nor file."""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from leaks import FORK_SERVER, Marked, until

from foodcourt.processes import LogReady, Service

# Leaves a daemon in a session of its own, which is what is hardest to catch.
DAEMON = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    print("daemon", os.getpid(), flush=True)
time.sleep(600)
"""
APP = "from fastapi import FastAPI\napp = FastAPI()\n" + DAEMON.replace("time.sleep(600)", "    time.sleep(600)")
# Starts and stops services, forked and executed, until it is killed; says what it is about.
OWNER = """
import os, sys
from foodcourt.processes import HttpReady, LogReady, Service
forked = Service(["uvicorn", "app:app", "--port", "{port}"], cwd=sys.argv[1], ready=HttpReady("/"), grace=0.2)
executed = Service([sys.executable, "daemon.py"], cwd=sys.argv[1], ready=LogReady("daemon .*\\n"), grace=0.2)
print("launching", flush=True)
executed.start()
print("one runs", flush=True)
forked.start()
print("both run", forked.pid, executed.pid, forked.log_path, executed.log_path, flush=True)
"""
FOR_EVER = """
while True:
    executed.stop()
    forked.stop()
    executed.start()
    forked.start()
"""
ASLEEP = "\nimport time; time.sleep(600)"


@pytest.fixture
def folder(tmp_path):
    """A folder with a service to fork and one to execute."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "daemon.py").write_text(DAEMON)
    return tmp_path


class Owner:
    """A Python process that starts services, and that a test ends."""

    def __init__(self, source, folder, mark):
        self.popen = subprocess.Popen(
            [sys.executable, "-c", source, str(folder)], env=mark.environment(), stdout=subprocess.PIPE, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.popen.kill()
        self.popen.wait()
        self.popen.stdout.close()

    def line(self, start):
        """Wait for the line that begins so, and give its further words."""
        for line in self.popen.stdout:
            if line.startswith(start):
                return line.removeprefix(start).split()
        raise AssertionError(f"the owner ended without saying {start!r}")

    def server_of(self, pid):
        """Give the fork server that started the service `pid`."""
        return psutil.Process(pid).parent().parent()


def test_nothing_outlives_an_owner_that_is_killed_at_any_moment(folder, marked):
    """kill -9 of the owner, 20 times: while it launches, starts, runs and stops services, daemons included."""
    chance = random.Random(20)
    moments = [("launching", chance.uniform(0, 0.2)) for _ in range(6)]
    moments += [("one runs", chance.uniform(0, 0.8)) for _ in range(7)]
    moments += [("both run", chance.uniform(0, 0.8)) for _ in range(7)]

    def kill(number):
        moment, delay = moments[number]
        mark = Marked(marked.folder / str(number))
        mark.folder.mkdir()
        with Owner(OWNER + FOR_EVER, folder, mark) as owner:
            owner.line(moment)
            time.sleep(delay)  # a random moment is what is tested
            assert owner.popen.poll() is None
        mark.assert_no_process_left(within=3)
        assert mark.files() == []

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(kill, range(len(moments))))


def test_nothing_is_left_by_an_owner_that_ends_without_stopping(folder, marked):
    """An owner that forgets to stop its services takes them along at its end, with the scratch folder."""
    for ending in ("", "raise SystemExit(3)", "os._exit(0)", "1 / 0", "os.abort()"):
        with Owner(OWNER.partition("forked.start()")[0] + ending, folder, marked) as owner:
            owner.line("one runs")
            owner.popen.wait(20)
        marked.assert_no_process_left(within=3)
        assert marked.files() == []


@pytest.mark.parametrize("which", [0, 1], ids=["forked", "executed"])
def test_a_program_dies_with_its_keeper(folder, marked, which):
    """kill -9 of a keeper takes its program and daemon along; the owner sees it end, and other services go on."""
    with Owner(OWNER + ASLEEP, folder, marked) as owner:
        pids = [int(word) for word in owner.line("both run")[:2]]
        server = owner.server_of(pids[which])
        psutil.Process(pids[which]).parent().kill()
        until(lambda: not server.children(recursive=True), what="the end of program and daemon")
        assert psutil.pid_exists(pids[1 - which])


def test_keepers_are_independent_of_each_other(folder, no_process_left):
    """The end of one keeper is no harm to another service of the same fork server; its own is told as killed."""
    command = [sys.executable, "daemon.py"]
    services = [Service(command, cwd=folder, ready=LogReady(r"daemon \d+\n"), grace=0.2).start() for _ in range(2)]
    psutil.Process(services[0].pid).parent().kill()
    assert services[0].wait(3) == -signal.SIGKILL
    assert services[1].wait(0.3) is None
    for service in services:
        service.close()


def test_services_survive_their_fork_server_but_not_their_owner(folder, marked):
    """kill -9 of the fork servers disturbs no running service; the owner's end still ends them."""
    with Owner(OWNER + ASLEEP, folder, marked) as owner:
        pids = [int(word) for word in owner.line("both run")[:2]]
        for pid in pids:
            owner.server_of(pid).kill()
        assert all(psutil.pid_exists(pid) for pid in pids)
    marked.assert_no_process_left(within=3)


def test_a_killed_fork_server_is_replaced(folder, marked):
    """After kill -9 of the fork server the next start brings up another, and all scratch folders go at the end."""
    source = OWNER + (
        "import psutil\nserver = psutil.Process(executed.pid).parent().parent()\nserver.kill()\n"
        "executed.stop()\nprint('stopped', executed.exit_status, flush=True)\n"
        "import time\nwhile server.is_running() and server.status() != 'zombie': time.sleep(0.01)\n"
        "executed.start()\nprint('again', executed.running, flush=True)\n"
    )
    with Owner(source, folder, marked) as owner:
        assert owner.line("stopped") == ["-9"]
        assert owner.line("again") == ["True"]
        assert owner.popen.wait(20) == 0
    marked.assert_no_process_left(within=3)
    assert marked.files() == []


def test_processes_forked_by_the_owner_keep_nothing_alive(folder, marked):
    """A pool that the owner forked outlives it with copies of all its descriptors; the services end all the same."""
    source = OWNER + (
        "import time\nif os.fork() == 0:\n    time.sleep(600)\nprint('forked', flush=True)\ntime.sleep(600)"
    )
    with Owner(source, folder, marked) as owner:
        owner.line("forked")
        child = psutil.Process(owner.popen.pid).children()
    try:
        orphan = next(process for process in child if process.is_running() and FORK_SERVER not in process.cmdline())
        until(lambda: [process.pid for process in marked.processes()] == [orphan.pid], what="the services' end")
        assert marked.files() == []
    finally:
        orphan.kill()


def test_a_forked_child_that_ends_does_no_harm(folder, marked):
    """A child that the owner forked may end like any program: the owner's services and logs stay."""
    source = OWNER + (
        "pid = os.fork()\nif pid == 0:\n    sys.exit(0)\nos.waitpid(pid, 0)\n"
        "print('after', forked.running, executed.running, forked.log_path.exists(), flush=True)"
    )
    with Owner(source, folder, marked) as owner:
        assert owner.line("after") == ["True", "True", "True"]


def test_an_interrupt_from_the_terminal_does_not_reach_services(folder, marked):
    """Ctrl-C goes to the terminal's process group; services are not in it, so the owner decides when they end."""
    source = OWNER + (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nos.killpg(0, signal.SIGINT)\n"
        "time.sleep(0.3)\nprint('after', forked.running, executed.running, flush=True)"
    )
    with Owner("import os; os.setsid()\n" + source, folder, marked) as owner:
        assert owner.line("after") == ["True", "True"]


def test_idle_services_cost_nothing(folder, marked):
    """Keepers and fork servers sleep while nothing happens: they neither wake up nor use the processor."""
    with Owner(OWNER + ASLEEP, folder, marked) as owner:
        pids = [int(word) for word in owner.line("both run")[:2]]
        watched = [psutil.Process(pid).parent() for pid in pids]
        watched += [keeper.parent() for keeper in watched]

        def wakeups():
            return [sum(process.num_ctx_switches()) for process in watched]

        until(lambda: (before := wakeups(), time.sleep(0.2)) and wakeups() == before)
        before = wakeups()
        time.sleep(1.5)  # the claim is about a span of time
        assert wakeups() == before


def test_the_mark_finds_all_of_it(folder, marked):
    """The helper that these tests rest on sees fork servers, keepers, programs and daemons."""
    with Owner(OWNER + ASLEEP, folder, marked) as owner:
        owner.line("both run")
        assert len(marked.processes()) == 1 + 2 * (1 + 1 + 2)
        assert len(marked.files()) == 2
        assert os.getpid() not in [process.pid for process in marked.processes()]
