"""What a checker is written with: the `check` marker and the `submission` fixture.

Loaded by `checkers/conftest.py`. Grading is done by `foodcourt check`; plain pytest works too, to debug a checker:

    pytest checkers/ex1_two_services --submission=solutions/ex1_two_services
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from foodcourt.catalog import read_imports
from foodcourt.grading.assignment import Assignment
from foodcourt.grading.session import SANDBOX, GradingSession
from foodcourt.grading.submission import Submission
from foodcourt.processes import ForkServer

__all__ = ["check"]

check = pytest.mark.check
"""`@check("orders.timeout", points=10, needs="orders.create")`: see CONTRIBUTING.md, "A new check"."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say what is graded."""
    group = parser.getgroup("foodcourt")
    group.addoption("--submission", type=Path, metavar="DIR", help="the folder to grade")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the session that grades."""
    config.addinivalue_line(
        "markers", "check(id, points, needs=(), stretch=False, limit=20): one check of an exercise"
    )
    config.pluginmanager.register(GradingSession(), "foodcourt-grading")


@pytest.fixture(scope="session")
def submission(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Submission]:
    """The work under test: starts its services and keeps what was observed."""
    assignment, sandbox = Assignment.told(), request.config.stash.get(SANDBOX, None)
    if assignment is not None:
        folder, area = assignment.submission, assignment.area
        assignment.logs.mkdir()
        programs = ForkServer.attach(assignment.programs, assignment.logs, sandbox)
    else:
        folder, area = request.config.getoption("--submission"), tmp_path_factory.mktemp("area")
        if folder is None:
            raise pytest.UsageError("expected --submission DIR, the folder to grade")
        imports = read_imports(request.session.items[0].path.parent)
        programs = ForkServer(*imports.commands, extra=imports.programs)
    found = Submission(folder.resolve(), area, programs)
    try:
        yield found
    finally:
        if sandbox is not None:
            sandbox.close()  # all at once, whatever its processes think of it
        found.close()
        programs.close()
