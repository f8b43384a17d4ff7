"""What a checker is written with: the `check` marker and the `submission` fixture.

Loaded by `checkers/conftest.py`. Grading is done by `foodcourt check`; plain pytest works too, to debug a checker:

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
from foodcourt.errors import NoSandbox
from foodcourt.grading.session import GradingSession
from foodcourt.grading.submission import Submission
from foodcourt.processes import ForkServer
from foodcourt.processes.sandbox import Sandbox

__all__ = ["check"]

check = pytest.mark.check
"""`@check("orders.timeout", points=10, needs="orders.create")`: see CONTRIBUTING.md, "A new check"."""

GRADER = "FOODCOURT_GRADER_FD"
PROGRAMS = "FOODCOURT_PROGRAMS_FD"
SANDBOX = "FOODCOURT_SANDBOX"
_SANDBOX = pytest.StashKey[Sandbox]()


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
    sandbox: Sandbox | NoSandbox | None = None
    if descriptor := os.environ.get(GRADER):
        with socket.socket(fileno=int(descriptor)) as connection:
            grader = connection.makefile("rw")
        config.add_cleanup(grader.close)
        if os.environ.get(SANDBOX) != "off":
            sandbox = _make_sandbox(_area(config.getoption("--submission")))
    if isinstance(sandbox, Sandbox):
        config.add_cleanup(sandbox.close)
        config.stash[_SANDBOX] = sandbox
    config.pluginmanager.register(GradingSession(grader, sandbox), "foodcourt-grading")


def _make_sandbox(area: Path) -> Sandbox | NoSandbox:
    """Make the sandbox before anything else: it changes this process, which must have one thread only."""
    area.mkdir()
    try:
        return Sandbox(area)
    except NoSandbox as error:
        return error


def _area(submission: Path) -> Path:
    return submission.with_name("area")


@pytest.fixture(scope="session")
def submission(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Submission]:
    """The work under test: starts its services and keeps what was observed."""
    folder: Path | None = request.config.getoption("--submission")
    if folder is None:
        raise pytest.UsageError("expected --submission DIR, the folder to grade")
    descriptor = os.environ.get(PROGRAMS)
    sandbox = request.config.stash.get(_SANDBOX, None)
    if descriptor:
        area = _area(folder)
        programs = ForkServer.attach(int(descriptor), tmp_path_factory.mktemp("logs"), sandbox)
    else:
        area = tmp_path_factory.mktemp("area")
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
