"""The pytest plugin that grades: orders the checks, skips what cannot be judged, and reports each verdict at once."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterable
from dataclasses import asdict
from typing import IO, Any

import pytest

from foodcourt.errors import FoodCourtError, NoSandbox
from foodcourt.grading.assignment import Assignment
from foodcourt.grading.failures import CheckFailed, TooSlow
from foodcourt.grading.shortage import shortage
from foodcourt.grading.submission import Submission
from foodcourt.grading.verdicts import Outcome
from foodcourt.processes import descriptors
from foodcourt.processes.sandbox import Sandbox

__all__ = ["SANDBOX", "GradingSession", "Marker"]

SANDBOX = pytest.StashKey[Sandbox]()
"""What learners' programs run under, where there is a sandbox."""

_ATTEMPTS = 3
"""A timing verdict stands when it came out the same so often in a row."""
_LONGEST_MESSAGE, _LONGEST_EVIDENCE = 4_000, 200_000
"""Characters: what comes from a submission may be as long as it likes."""


class Marker:
    """What `@check(id, points=…, needs=…, stretch=…, limit=…)` says of a test."""

    def __init__(self, item: pytest.Item) -> None:
        """Read it off a collected test.

        Raises:
            FoodCourtError: the test carries no such marker.
        """
        mark = item.get_closest_marker("check")
        if mark is None or not mark.args:
            raise FoodCourtError(f'{item.nodeid} has no @check("id", points=…) marker')
        needs = mark.kwargs.get("needs", ())
        self.id: str = mark.args[0]
        self.needs: tuple[str, ...] = (needs,) if isinstance(needs, str) else tuple(needs)
        self.limit: float = mark.kwargs.get("limit", 20)


class GradingSession:
    """Grades one submission in one pytest session.

    Where there is an assignment, the grader is reported to in lines of JSON. It says when to begin,
    `{"first": [id, …]}`, and is told `{"sandbox": name}` (`off` for none) or `{"no_sandbox": why}`, then
    `{"begins": id}` and `{"id": …, "outcome": …, …}`.
    """

    def __init__(self) -> None:
        """Start with no verdicts."""
        self._grader: IO[str] | None = None
        self._outcomes: dict[str, Outcome] = {}
        self._causes: dict[str, str] = {}
        self._began = 0.0

    def _emit(self, event: dict[str, Any]) -> None:
        if self._grader is not None:
            self._grader.write(json.dumps(event) + "\n")
            self._grader.flush()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Wait for the word to begin: all is collected by now, while the submission may still be on its way."""
        assignment = Assignment.told()
        if assignment is None:  # pytest's own report is all
            return
        # A submission may keep hundreds of connections to each of our servers open.
        descriptors.as_many_as_can_be()
        self._grader = assignment.channel()
        session.config.add_cleanup(self._grader.close)
        self._make_sandbox(assignment, session.config)
        line = self._grader.readline()
        if not line:
            pytest.exit("the grader is gone", returncode=0)
        self._put_first(session.items, json.loads(line)["first"])

    def _make_sandbox(self, assignment: Assignment, config: pytest.Config) -> None:
        """Make the sandbox before anything else: it changes this process, which must have one thread only."""
        if assignment.sandbox == "off":
            self._emit({"sandbox": "off"})
            return
        assignment.area.mkdir()
        try:
            config.stash[SANDBOX] = sandbox = Sandbox(assignment.area)
        except NoSandbox as error:
            self._emit({"no_sandbox": str(error)})
            return
        config.add_cleanup(sandbox.close)
        self._emit({"sandbox": sandbox.name})

    def _put_first(self, items: list[pytest.Item], first: Iterable[str]) -> None:
        """Put these first, with what they need; keep the files' order otherwise."""
        by_id = {Marker(item).id: item for item in items}
        chosen: dict[str, pytest.Item] = {}

        def choose(id_: str) -> None:
            if id_ in by_id and id_ not in chosen:
                for need in Marker(by_id[id_]).needs:
                    choose(need)
                chosen[id_] = by_id[id_]

        for id_ in (*first, *by_id):
            choose(id_)
        items[:] = chosen.values()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Announce a check, run it, and see that it has a verdict."""
        marker = Marker(item)
        self._began = time.monotonic()
        self._emit({"begins": marker.id})
        return (yield)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip a check that needs one that did not pass, naming the root cause."""
        for need in Marker(item).needs:
            if self._outcomes.get(need) is not Outcome.PASSED:
                pytest.skip(self._causes.get(need, need))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run the check under its time limit, and again when its verdict rests on time alone."""
        arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        submission = pyfuncitem.funcargs.get("submission")
        for attempt in range(1, _ATTEMPTS + 1):
            if isinstance(submission, Submission):
                submission.begin_check(Marker(pyfuncitem).limit, attempt)
            try:
                pyfuncitem.obj(**arguments)
            except TooSlow:
                if attempt == _ATTEMPTS:
                    raise
            else:
                break
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn the way a check ended into its verdict."""
        report = yield
        marker = Marker(item)
        if call.excinfo is not None and self._outcomes.get(marker.id) is not Outcome.ERROR:
            self._judge(item, marker.id, call.excinfo)
        elif call.when == "call":
            self._verdict(marker.id, Outcome.PASSED, "")
        return report

    def _judge(self, item: pytest.Item, id_: str, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        error = excinfo.value
        if isinstance(error, CheckFailed) and (lacking := shortage()):
            self._broke(id_, f"this machine is short of what services need: {lacking}; grade it again")
        elif isinstance(error, pytest.skip.Exception):
            cause = str(error.msg)
            self._causes[id_] = cause
            self._verdict(id_, Outcome.SKIPPED, f"needs {cause}, which did not pass")
        elif isinstance(error, CheckFailed):
            # A fixture of the whole session fails once; pytest raises the same exception for all who ask for it.
            if error.check:
                self._causes[id_] = error.check
                self._verdict(id_, Outcome.SKIPPED, f"needs {error.check}, which did not pass")
            else:
                error.check = id_
                submission = getattr(item, "funcargs", {}).get("submission")
                evidence = error.evidence + (submission.evidence() if isinstance(submission, Submission) else ())
                self._verdict(id_, Outcome.FAILED, str(error), [asdict(piece) for piece in evidence])
        else:
            # What we have words for needs no traceback.
            told = str(error if isinstance(error, FoodCourtError) else excinfo.getrepr(style="short"))
            self._broke(id_, told)

    def _broke(self, id_: str, told: str) -> None:
        self._verdict(id_, Outcome.ERROR, f"the grader broke, this is not your fault: {told}")

    def _verdict(self, id_: str, outcome: Outcome, message: str, evidence: Iterable[dict[str, str]] = ()) -> None:
        self._outcomes[id_] = outcome
        self._causes.setdefault(id_, id_)
        self._emit(
            {
                "id": id_,
                "outcome": outcome,
                "message": _bounded(message, _LONGEST_MESSAGE),
                "evidence": [piece | {"text": _bounded(piece["text"], _LONGEST_EVIDENCE)} for piece in evidence],
                "duration_s": round(time.monotonic() - self._began, 3),
            }
        )


def _bounded(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest:,} more characters)"
