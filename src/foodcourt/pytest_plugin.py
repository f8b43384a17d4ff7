"""What a checker is written with: the `check` marker and the `submission` fixture.

Loaded by `checkers/pytest.ini`. Grading is done by `foodcourt check`; plain pytest works too, to debug a checker:

    pytest checkers/ex1_two_services --submission solutions/ex1_two_services
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from foodcourt.grading.session import GradingSession
from foodcourt.grading.submission import Submission
from foodcourt.processes import ForkServer

__all__ = ["check"]

check = pytest.mark.check
"""`@check("orders.timeout", points=10, needs="orders.create")`: see CONTRIBUTING.md, "A new check"."""

EVENTS = "FOODCOURT_EVENTS_FD"
PROGRAMS = "FOODCOURT_PROGRAMS_FD"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say what is graded."""
    group = parser.getgroup("foodcourt")
    group.addoption("--submission", type=Path, metavar="DIR", help="the folder to grade")
    group.addoption("--first", default="", metavar="ID,ID", help="checks to run first, with what they need")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the session that reports to the grader."""
    config.addinivalue_line(
        "markers", "check(id, points, needs=(), stretch=False, limit=20): one check of an exercise"
    )
    # Without a grader the verdicts go nowhere: pytest's own report is what is looked at then.
    descriptor = os.environ.get(EVENTS)
    stream = open(int(descriptor) if descriptor else os.devnull, "w")  # noqa: PTH123, SIM115
    config.add_cleanup(stream.close)
    first = [id_ for id_ in config.getoption("--first").split(",") if id_]
    config.pluginmanager.register(GradingSession(stream, first), "foodcourt-grading")


@pytest.fixture(scope="session")
def submission(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Submission]:
    """The work under test: starts its services and keeps what was observed."""
    folder: Path | None = request.config.getoption("--submission")
    if folder is None:
        raise pytest.UsageError("expected --submission DIR, the folder to grade")
    scratch = tmp_path_factory.mktemp("scratch")
    descriptor = os.environ.get(PROGRAMS)
    programs = ForkServer.attach(int(descriptor), scratch) if descriptor else ForkServer("uvicorn")
    found = Submission(folder.resolve(), scratch, programs)
    try:
        yield found
    finally:
        found.close()
        programs.close()
