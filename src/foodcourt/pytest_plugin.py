"""What a checker is written with: the `check` marker and the `submission` fixture.

Loaded by `checkers/pytest.ini`. Grading is done by `foodcourt check`; plain pytest works too, to debug a checker:

    pytest checkers/ex1_two_services --submission=solutions/ex1_two_services
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from foodcourt.catalog import read_imports
from foodcourt.grading.session import GradingSession
from foodcourt.grading.submission import Submission
from foodcourt.processes import ForkServer

__all__ = ["check"]

check = pytest.mark.check
"""`@check("orders.timeout", points=10, needs="orders.create")`: see CONTRIBUTING.md, "A new check"."""

GRADER = "FOODCOURT_GRADER_FD"
PROGRAMS = "FOODCOURT_PROGRAMS_FD"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say what is graded."""
    group = parser.getgroup("foodcourt")
    group.addoption("--submission", type=Path, metavar="DIR", help="the folder to grade")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the session that talks to the grader; without one, pytest's own report is all."""
    config.addinivalue_line(
        "markers", "check(id, points, needs=(), stretch=False, limit=20): one check of an exercise"
    )
    grader: IO[str] | None = None
    if descriptor := os.environ.get(GRADER):
        with socket.socket(fileno=int(descriptor)) as connection:
            grader = connection.makefile("rw")
        config.add_cleanup(grader.close)
    config.pluginmanager.register(GradingSession(grader), "foodcourt-grading")


@pytest.fixture(scope="session")
def submission(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Submission]:
    """The work under test: starts its services and keeps what was observed."""
    folder: Path | None = request.config.getoption("--submission")
    if folder is None:
        raise pytest.UsageError("expected --submission DIR, the folder to grade")
    scratch = tmp_path_factory.mktemp("scratch")
    descriptor = os.environ.get(PROGRAMS)
    if descriptor:
        programs = ForkServer.attach(int(descriptor), scratch)
    else:
        imports = read_imports(request.session.items[0].path.parent)
        programs = ForkServer(*imports.commands, extra=imports.programs)
    found = Submission(folder.resolve(), scratch, programs)
    try:
        yield found
    finally:
        found.close()
        programs.close()
