"""What is imported for every verdict: it is paid for each time that somebody waits for one."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("imported", "not_loaded"),
    [
        ("foodcourt.pytest_plugin, foodcourt.grading.checker", ("aiohttp", "foodcourt.faults", "numpy", "rich")),
        ("foodcourt.cli.check, foodcourt.grading.grader", ("pytest", "aiohttp", "foodcourt.faults", "certifi")),
        ("foodcourt.processes.server", ("certifi", "psutil", "httpx")),
    ],
    ids=["checker", "command", "fork server"],
)
def test_nothing_is_imported_that_only_some_need(imported, not_loaded):
    """No HTTP client where an exercise has no service, and no test runner in the command."""
    code = f"import sys, {imported}; print(*(name for name in {not_loaded!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
