"""Kill -9 at random moments of whoever starts services: a kernel, the grader, a test run. Nothing is left."""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jupyter_client.manager import KernelManager
from leaks import Marked, until

ROOT = Path(__file__).resolve().parents[2]
FOODCOURT = Path(sys.executable).with_name("foodcourt")
APP = "from fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/health')\nasync def health():\n    return 'ok'\n"
# Starts services and stops them again for ever, so that a kill may meet them in any state.
CELL = f"""
import pathlib
from foodcourt.notebook import begin, start
begin("77")
pathlib.Path("app.py").write_text({APP!r})
pathlib.Path("other.py").write_text("import http.server, time\\nprint('ready', flush=True)\\ntime.sleep(600)\\n")
while True:
    start("uvicorn app:app")
    start("python other.py", ready=None)
    start("uvicorn app:app", name="twin")
"""
TESTS = f"""
import pathlib, sys
import pytest
from foodcourt.processes import HttpReady, LogReady, Service

pathlib.Path("app.py").write_text({APP!r})


@pytest.mark.parametrize("number", range(1000))
def test_services(number):
    with (
        Service(["uvicorn", "app:app", "--port", "{{port}}"], ready=HttpReady("/health")),
        Service([sys.executable, "-c", "print('here', flush=True); input()"], ready=LogReady("here")),
    ):
        pass
"""


class Victim:
    """A program that starts services, under a mark of its own."""

    def __init__(self, marked, name):
        self.mark = Marked(marked.folder / name)
        self.mark.folder.mkdir()

    def kill(self, pid, moment):
        """Wait until so many processes run beside the program, and a random time more, and kill it."""
        others, delay = moment
        until(lambda: len(self.mark.processes()) > others, within=30, what=f"{others} processes")
        time.sleep(delay)  # a random moment is what is tested
        os.kill(pid, signal.SIGKILL)

    def assert_nothing_left(self):
        self.mark.assert_no_process_left(within=3)
        assert list(self.mark.folder.glob("**/foodcourt-*")) == []


def moments(seed, count):
    """Give moments to kill at, half of them from the first fork server on, half of them once programs run."""
    chance = random.Random(seed)
    return [((1, 4)[number % 2], chance.uniform(0, 0.6)) for number in range(count)]


def kill_each(marked, command, moments, folder):
    """Start `command` once for each of the moments, two at a time, and kill it then."""

    def one(number):
        victim = Victim(marked, str(number))
        here = folder / str(number)
        here.mkdir()
        environment = victim.mark.environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
        with (folder / f"{number}.log").open("w") as log:
            popen = subprocess.Popen(command, cwd=here, env=environment, stdout=log, stderr=log)
        try:
            victim.kill(popen.pid, moments[number])
        finally:
            popen.kill()
            popen.wait()
        victim.assert_nothing_left()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(len(moments))))


def test_nothing_outlives_a_killed_check(marked, tmp_path):
    """kill -9 of `foodcourt check`, 8 times: neither grader, nor checker, nor learner's service, nor copy is left."""
    command = [FOODCOURT, "check", "ex1", "--submission", ROOT / "solutions" / "ex1_two_services"]
    kill_each(marked, command, moments(2, 8), tmp_path)


def test_nothing_outlives_a_killed_test_run(marked, tmp_path):
    """kill -9 of pytest, 6 times, while its tests start and stop services."""
    (tmp_path / "test_services.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path / "test_services.py"]
    kill_each(marked, command, moments(3, 6), tmp_path)


def test_nothing_outlives_a_killed_kernel(marked, workbook):
    """kill -9 of a Jupyter kernel, 6 times, while a cell starts and stops services."""
    for number, moment in enumerate(moments(5, 6)):
        victim = Victim(marked, str(number))
        manager = KernelManager(kernel_name="python3")
        environment = victim.mark.environment(
            FOODCOURT_HOME=str(workbook.root), IPYTHONDIR=str(workbook.root / "ipython")
        )
        manager.start_kernel(cwd=str(workbook.notebooks), env=environment)
        client = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            client.execute(CELL)
            victim.kill(manager.provisioner.pid, moment)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            manager.cleanup_resources()
        victim.assert_nothing_left()
