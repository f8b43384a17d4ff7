"""The learner's own tests, run against a users_client.py of ours."""

from __future__ import annotations

import contextlib
import functools
import inspect
import shlex
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clients import Client
from junit import Case, Result, read_junit

from foodcourt.grading.finished import Finished
from foodcourt.grading.submission import Submission

PATIENCE = 60.0
"""Seconds that a run may take."""
FILE = "test_retries.py"
_turns = threading.Semaphore(2)
"""More runs at once would take the cores from what other checks measure meanwhile."""
_LONGEST_TURN = 3.0
"""Seconds after which another run begins all the same: tests that take so long mostly wait."""
_LEFT_OUT = {
    *("conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml", "tox.ini"),
    *("setup.cfg", "flaky_users_service.py", "orders_service.py"),
    "users_client.py",  # also where it is a folder, which is no module
}
_OPTIONS = [
    *("--noconftest", "--config-file=../pytest.ini", "--rootdir=.", "--junitxml=../report.xml"),
    *("-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
]
_BRIEFLY, _AT_LENGTH = ["-x", "--tb=no"], ["-x", "--tb=short"]
"""A traceback takes pytest longer than the test did. What is judged is told briefly, whoever the client is: tests can
read the options that they are run with."""
_PLUGINS = {
    "asyncio": "pytest_asyncio.plugin",
    "anyio": "anyio.pytest_plugin",
    "respx": "respx.plugin",
    "timeout": "pytest_timeout",
}
"""Plugins for pytest, by the word that stands in every test that needs one."""


@dataclass(frozen=True)
class TestRun:
    """What came of the learner's tests.

    Attributes:
        client: what they were run against.
        finished: the run.
        cases: its tests; None: it did not get as far as a report.
    """

    __test__ = False  # or pytest takes it for a test

    client: Client
    finished: Finished
    cases: tuple[Case, ...] | None

    def having(self, result: Result) -> list[Case]:
        """Give the tests that ended so."""
        return [case for case in self.cases or () if case.result is result]

    @property
    def caught(self) -> bool:
        """Whether a test failed while it ran."""
        return bool(self.having(Result.FAILED))

    @property
    def took_too_long(self) -> bool:
        """Whether it was ended by us."""
        return self.finished.status is None


def run_tests(submission: Submission, client: Client, *, at_length: bool = False) -> TestRun:
    """Run the tests to the first that fails, in folders of their own: with a client of ours and the helper modules.

    Args:
        submission: whose tests.
        client: what they find as users_client.
        at_length: whether to show where a test fails, which is for people to read.

    Raises:
        SubmissionBroken: there are no tests.
    """

    def build(above: Path) -> None:
        # What pytest-asyncio asks for; all else is as it is where nothing is configured.
        settings = "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
        (above / "pytest.ini").write_text(settings, encoding="utf-8")
        left_out = functools.partial(_left_out, submission.original)
        folder = shutil.copytree(submission.original, above / "work", ignore=left_out)
        (folder / "users_client.py").write_text(client.source, encoding="utf-8")
        (above / "home").mkdir()  # or a run could leave word there for the next

    plugins = _plugins(submission.original)
    told = _AT_LENGTH if at_length else _BRIEFLY
    for ours in (shlex.join([*_OPTIONS, *told]), *(f"{name}={value}" for name, value in plugins.items())):
        submission.names[f" {ours}"] = ""
    with _turn():
        above = submission.bring_in(build)
        finished = submission.run(
            ["pytest", FILE, *_OPTIONS, *told],
            file=FILE,
            name="your tests",
            env={"RETRY_WAIT": "0.05", **plugins},
            patience=PATIENCE,
            folder=above / "work",
            home=above / "home",
        )
    # Who was killed may have left a report of an earlier moment, or one that says what it likes.
    cases = None if finished.status is None else read_junit(above / "report.xml")
    return TestRun(client, finished, cases)


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    taken = _turns.acquire(timeout=_LONGEST_TURN)
    try:
        yield
    finally:
        if taken:
            _turns.release()


def _plugins(folder: Path) -> dict[str, str]:
    """Name the plugins that tests may need.

    Whether the installed packages hold others takes pytest two seconds of CPU to find out, and a fiftieth of that for
    each that is named: it looks whether a package calls its plugin so.
    """
    text = b"".join(path.read_bytes() for path in folder.rglob("*.py") if path.is_file())
    named = ",".join(plugin for word, plugin in _PLUGINS.items() if word.encode() in text)
    return {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": named}


def _left_out(above: Path, folder: str, names: list[str]) -> set[str]:
    """Leave out configuration, the services, and every form that a module called users_client may have."""
    if Path(folder) != above:
        return set()
    return {name for name in names if name in _LEFT_OUT or _module(above / name) == "users_client"}


def _module(path: Path) -> str:
    return path.name if path.is_dir() else inspect.getmodulename(path.name) or ""
