"""Checks of the learner's tests: green with a right client, red with each wrong one."""

from __future__ import annotations

import re

from clients import Mistake
from junit import Case, Result
from learner_tests import FILE, PATIENCE, TestRun, run_tests
from stage import Court, ahead

from foodcourt.grading.failures import CheckFailed
from foodcourt.grading.verdicts import Evidence
from foodcourt.pytest_plugin import check

NOT_AWAITED = "fetch_user is neither awaited nor given to asyncio.run, so it is never called"
MISSED = {
    Mistake.NEVER: "no test turns red when fetch_user never tries again: let the desk fail, and count the attempts",
    Mistake.ONCE: "no test needs the third attempt, so a client that gives up after the first retry passes: "
    "let the desk fail twice, then answer",
    Mistake.CLIENT_ERRORS: "no test counts the attempts after a 4xx such as 404 (inside a "
    "`with pytest.raises(…):`, what stands below the call that raises never runs)",
    Mistake.NONE: "no test turns red when None comes out in the end: put pytest.raises around the call",
}


_SIGNATURES = {
    r"cannot import name '(\w+)' from 'users_client'": (
        "the tests import {0} from users_client, but fetch_user is all that every client has"
    ),
    r"^ModuleNotFoundError: No module named '([\w.]+)'": (
        "the tests import {0}, but only users_client and helper modules lie beside them"
    ),
    r"\bTODO \d+": "this test is still a TODO",
    r"async def functions are not natively supported": (
        "an `async def` test needs a marker such as @pytest.mark.asyncio; a plain one with asyncio.run does not"
    ),
    r"^httpx\.ConnectError: All connection attempts failed": (
        "the tests need a server that somebody has to start: give the client a transport of the test's own, such as "
        "httpx.MockTransport"
    ),
    r"^(SyntaxError|IndentationError|TabError)": "the file is not valid Python ({0})",
    r"^(?:AssertionError: )?assert 3 == 4$": "there are 3 attempts in all, the first one and two more",
}


@check("tests.pass_right", points=10, limit=130)
@ahead
def test_right_client(court: Court) -> None:
    """test_retries.py passes with a client that keeps the contract"""
    _expect_pass(court, court.lineup.play())


def _expect_pass(court: Court, runs: list[TestRun]) -> None:
    for run in runs:
        if problem := _problem(run):
            if not run.cases:
                court.submission.observe(run.finished)
            elif not court.beside_others:  # else nobody is told, and nothing has to be shown
                problem = _problem(run_tests(court.submission, run.client, at_length=True)) or problem
            raise problem


def _problem(run: TestRun) -> CheckFailed | None:
    """Give what is wrong with a run that has to pass, if anything is."""
    expected = f"the tests in {FILE} to pass with a users_client.py that is right"
    if failed := [*run.having(Result.UNCOLLECTED), *run.having(Result.FAILED)]:
        error = _error(failed[0])
        where = f"{failed[0].name} failed" if failed[0].result is Result.FAILED else f"{FILE} cannot be imported"
        return CheckFailed(expected, f"{where}: {error}", mistake=_why(failed[0]), evidence=_source(run))
    if run.cases is None:
        return CheckFailed(expected, f"no result: {_ended(run)}", evidence=_source(run))
    if not run.having(Result.PASSED):
        skipped = run.having(Result.SKIPPED)
        observed = f"{len(skipped)} tests, all skipped" if skipped else "no test"
        mistake = "all tests are skipped" if skipped else f"there is no test in {FILE}: its name begins with test_"
        return CheckFailed(expected, observed, mistake=mistake, evidence=_source(run))
    return None


@check("tests.catch_wrong", points=10, needs="tests.pass_right", limit=130)
def test_wrong_clients(court: Court) -> None:
    """test_retries.py fails with each of four wrong clients"""
    if court.lineup.unsure:  # else they were among the right ones
        _expect_pass(court, court.lineup.play())
    kinds = {run.client.mistake: run for run in court.lineup.missed()}
    if not kinds:
        return
    missed = [*kinds.values()]
    court.submission.observe(*(run.finished for run in missed))
    observed = "; ".join(f"none with a client that {kind}" + _unfinished(run) for kind, run in kinds.items())
    raise CheckFailed(
        "a test to fail with each wrong client",
        observed,
        mistake=_overlooked(missed),
        evidence=tuple(piece for run in missed for piece in _source(run)),
    )


def _ended(run: TestRun) -> str:
    if run.finished.status is None:
        return f"the tests did not end within {PATIENCE:g} s"
    return f"pytest ended with {run.finished.ended}, without a report"


def _unfinished(run: TestRun) -> str:
    return f" ({_ended(run)})" if run.cases is None else ""


def _error(case: Case) -> str:
    """Give the error of a test in a few lines; that of a file is the last line that pytest marks with an E."""
    if case.result is Result.FAILED:
        return case.message[:600].strip()
    marked = re.findall(r"^E\s+(.*)$", case.text, re.MULTILINE)
    return (marked[-1] if marked else case.text.strip()[-300:])[:600]


def _why(case: Case) -> str:
    """Name the mistake in a test that fails with a right client; empty when unsure."""
    error = _error(case)
    for pattern, mistake in _SIGNATURES.items():
        if found := re.search(pattern, error):
            return mistake.format(*found.groups())
    if re.search(r"\braises\((tenacity\.)?RetryError\b", case.text):
        return "the test expects tenacity's RetryError, but it is the last httpx error that has to come out"
    return ""


def _overlooked(missed: list[TestRun]) -> str:
    if any("was never awaited" in run.finished.stdout + run.finished.stderr for run in missed):
        return NOT_AWAITED
    return "; ".join(MISSED[run.client.mistake] for run in missed if run.client.mistake and run.cases is not None)


def _source(run: TestRun) -> tuple[Evidence, ...]:
    """Show the client; a wrong one beside the right one that it looks like."""
    client = run.client
    if client.mistake is None:
        return (Evidence("log", f"the users_client.py, which is right (no. {client.seed})", client.source),)
    title = f"the users_client.py that {client.mistake} (no. {client.seed}), beside the right one"
    return (Evidence("diff", title, client.difference()),)
