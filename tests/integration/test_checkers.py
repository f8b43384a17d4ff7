"""The checkers, held against work whose verdict is known: right, wrong, and unfinished.

Of the submissions enough are graded that every check is seen to pass and to fail; with FOODCOURT_EVERY_SUBMISSION=1
all, as `make report-card` does: that takes half an hour.
"""

from __future__ import annotations

import itertools
import os
import queue
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from proof.mistakes import likely_mistakes, strangers

from foodcourt.catalog import Exercise, exercises, find_exercise
from foodcourt.grading.grader import Grader
from foodcourt.grading.parents import Parents
from foodcourt.grading.verdicts import Outcome, Report
from foodcourt.workbook import Workbook

ROOT = Path(__file__).resolve().parents[2]
WORKBOOK = Workbook(ROOT)
SUBMISSIONS = ROOT / "tests" / "submissions"
EVERY = bool(os.environ.get("FOODCOURT_EVERY_SUBMISSION"))


def submissions(kind: str) -> list[object]:
    folders = sorted(path.parent for path in SUBMISSIONS.glob(f"*/{kind}/*/expect.toml"))
    if not EVERY:
        folders = [folder for of_one in by_exercise(folders) for folder in CHOICES[kind](of_one)]
    return [
        pytest.param(folder, id=f"{folder.parents[1].name.partition('_')[0]}-{folder.name}") for folder in folders
    ]


def by_exercise(folders: Iterable[Path]) -> list[list[Path]]:
    return [list(group) for _, group in itertools.groupby(folders, key=lambda folder: folder.parents[1])]


def two(folders: Sequence[Path]) -> Sequence[Path]:
    """Of the right ones, two; the solution is a third."""
    return folders[:: max(1, len(folders) // 2)][:2]


def one_for_each_check(folders: Sequence[Path]) -> list[Path]:
    """Of the wrong ones, few in which each check fails once; those that fail up to three checks say most."""
    fails = {folder: set(expectation(folder)["fails"]) for folder in folders}
    chosen: list[Path] = []
    for most in (3, max(map(len, fails.values()))):
        seen = set().union(*(fails[folder] for folder in chosen))
        candidates = [folder for folder in folders if len(fails[folder]) <= most]
        while fails[best := max(candidates, key=lambda folder: len(fails[folder] - seen))] - seen:
            chosen.append(best)
            seen |= fails[best]
    return chosen


CHOICES = {"right": two, "wrong": one_for_each_check}


def expectation(folder: Path) -> dict:
    return tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))


class Graded:
    """The reports on folders, graded ahead in the order in which the tests ask for them."""

    def __init__(self, folders: Sequence[Path], graders: Sequence[Grader]) -> None:
        self._free = queue.SimpleQueue()
        for grader in graders:
            self._free.put(grader)
        self._pool = ThreadPoolExecutor(len(graders))
        self._reports = {folder: self._pool.submit(self._grade, folder) for folder in folders}

    def _grade(self, folder: Path) -> Report:
        grader = self._free.get()
        try:
            return grader.grade(exercise_of(folder), folder)
        finally:
            self._free.put(grader)

    def __getitem__(self, folder: Path) -> Report:
        return self._reports[folder].result()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


def exercise_of(folder: Path) -> Exercise:
    slug = next(part for part in folder.parts if re.match(r"ex\d+_", part))
    return find_exercise(slug, WORKBOOK)


@pytest.fixture(scope="module")
def graded(request):
    items = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    folders = dict.fromkeys(item.callspec.params["folder"] for item in items if "folder" in item.callspec.params)
    with Parents() as parents, Grader(parents=parents) as one, Grader(parents=parents) as other:
        graded = Graded(list(folders), [one, other])
        yield graded
        graded.close()


def has_sure_bonus(folder: Path) -> bool:
    """Whether the stretch check comes out the same on a busy machine: how far retries scatter does not always."""
    return exercise_of(folder).number != 2


def exercise_folders(side: str) -> list[object]:
    return [pytest.param(getattr(exercise, side), id=exercise.slug) for exercise in exercises(WORKBOOK)]


def told(report: Report) -> str:
    return "\n".join(f"{c.outcome} {c.id}: {c.message}" for c in report.checks if c.outcome is not Outcome.PASSED)


@pytest.mark.parametrize("folder", submissions("right"))
def test_right_work_passes(graded, folder):
    """However a person writes it, work that keeps the contract gets every required point."""
    report, expected = graded[folder], expectation(folder)
    assert report.passed, told(report)
    assert report.score == 100, told(report)
    if has_sure_bonus(folder):
        assert report.bonus == expected["bonus"], told(report)


@pytest.mark.parametrize("folder", submissions("wrong"))
def test_wrong_work_fails_where_its_mistake_lies(graded, folder):
    """A mistake fails exactly the checks that it breaks; the report names it, and no other that is not made."""
    report, expected = graded[folder], expectation(folder)
    by_outcome = {outcome: {c.id for c in report.checks if c.outcome is outcome} for outcome in Outcome}
    required = {c.id for c in report.checks if c.required}
    assert not by_outcome[Outcome.ERROR], told(report)
    assert by_outcome[Outcome.FAILED] & required == set(expected["fails"]), told(report)
    assert by_outcome[Outcome.SKIPPED] == set(expected["skips"]), told(report)
    if has_sure_bonus(folder):
        assert report.bonus == expected["bonus"], told(report)
    assert expected["says"].lower() in told(report).lower()
    mistakes = likely_mistakes(check.message for check in report.checks)
    assert not strangers(mistakes, expected["names"]), told(report)
    assert bool(mistakes) == bool(expected["names"]), told(report)


@pytest.mark.parametrize("folder", exercise_folders("solution"))
def test_the_solution_gets_everything(graded, folder):
    """The solution passes every check, the stretch ones too."""
    report, exercise = graded[folder], exercise_of(folder)
    assert (report.score, report.bonus) == (exercise.max_score, exercise.max_bonus), told(report)
    assert exercise.max_score == 100


@pytest.mark.parametrize("folder", exercise_folders("starter"))
def test_the_starter_says_what_to_do_first(graded, folder):
    """The untouched starter starts, and its first failing check names the first TODO."""
    report = graded[folder]
    first = next(check for check in report.checks if check.outcome is Outcome.FAILED)
    assert not report.passed
    assert not report.broken, told(report)
    assert "TODO 1" in first.message


def test_a_refusal_that_a_busy_machine_makes_a_timeout_is_looked_at_again(tmp_path):
    """Who knocks until USERS_TIMEOUT says 504 where the machine leaves the last try no time: no verdict yet."""
    exercise = find_exercise("ex1", WORKBOOK)
    work = shutil.copytree(exercise.solution, tmp_path / "work")
    source = work / "orders_service.py"
    reply = 'raise HTTPException(503, "users-service cannot be reached") from error'
    text = source.read_text()
    assert reply in text
    # The first order while the door is closed is not judged, and the second one is.
    status = "status = 504 if len(refusals) <= 2 else 503"
    late = f"refusals.append(1)\n        {status}\n        {reply.replace('503', 'status')}"
    source.write_text("refusals = []\n" + text.replace(reply, late))
    with Grader() as grader:
        report = grader.grade(exercise, work)
    assert report.score == 100, told(report)


@pytest.mark.parametrize("exercise", exercises(WORKBOOK)[: None if EVERY else 1], ids=lambda exercise: exercise.slug)
def test_a_checker_runs_in_plain_pytest(exercise):
    """The command that CONTRIBUTING gives to debug a checker works, whatever plugins of pytest are installed."""
    command = [sys.executable, "-m", "pytest", str(exercise.checker), f"--submission={exercise.solution}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert f"{len(exercise.checks)} passed" in done.stdout, done.stdout + done.stderr
