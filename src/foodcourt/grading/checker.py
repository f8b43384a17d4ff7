"""The parent of an exercise's checkers: a pytest session that has collected the checks, and forks to run them.

To set pytest up and to collect takes a third of what a checker does, and comes to the same for every submission.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from foodcourt.grading.assignment import pytest_arguments

__all__ = ["wait_collected"]


def wait_collected(wait: Callable[[], None], folder: str) -> None:
    """Collect the checks in `folder`, wait where they would begin, and run them in each child; never returns.

    Args:
        wait: returns in children only.
        folder: the checker.
    """
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    report = sys.stdout  # pytest goes on writing there when a child has another

    def flush_and_wait() -> None:
        report.flush()  # or each child writes once more what its parent wrote
        wait()

    arguments, waiting = pytest_arguments(Path(folder)), _Waiting(flush_and_wait)
    status = pytest.main(arguments, plugins=[waiting])
    if not waiting.done:  # it cannot even be collected, which then belongs into the log of each child
        flush_and_wait()
        status = pytest.main(arguments)
    report.flush()
    # To take the interpreter apart takes longer than most checks, and nothing is left in it that has to be saved.
    os._exit(status)


class _Waiting:
    def __init__(self, wait: Callable[[], None]) -> None:
        self._wait = wait
        self.done = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Wait before whoever else has to do with it."""
        self._wait()
        self.done = True
        return (yield)
