"""The short form of a report that measurements keep, and the processes that grade many submissions side by side."""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from foodcourt.catalog import find_exercise
from foodcourt.errors import FoodCourtError
from foodcourt.grading.grader import Grader
from foodcourt.grading.verdicts import Outcome, Report
from foodcourt.processes.keeper import die_with_parent
from foodcourt.workbook import Workbook
from proof.store import ROOT, engine_digest

__all__ = ["Graded", "Job", "grade_all"]


@dataclass(frozen=True)
class Job:
    """One submission to grade.

    Attributes:
        key: what its result is kept by.
        name: what people call it.
        exercise: slug of its exercise.
        folder: where it lies.
        changed: texts of files that are other than in the folder.
    """

    key: str
    name: str
    exercise: str
    folder: Path
    changed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Graded:
    """What came out.

    Attributes:
        key: the job's.
        name: the job's.
        passed: whether every required check passed.
        score: points of required checks.
        bonus: points of stretch checks.
        seconds: how long the verdict took.
        failed: ids of required checks that failed.
        stretch_failed: ids of stretch checks that failed.
        skipped: ids of skipped checks.
        errors: ids of checks in which the grader broke; `grader` when it could not even begin.
        messages: what all these say, by id.
        engine: hash of the engine that graded.
    """

    key: str
    name: str
    passed: bool
    score: int
    bonus: int
    seconds: float
    failed: list[str]
    stretch_failed: list[str]
    skipped: list[str]
    errors: list[str]
    messages: dict[str, str]
    engine: str

    @classmethod
    def of(cls, job: Job, report: Report, engine: str) -> Graded:
        """Shorten a report."""

        def ids(outcome: Outcome, *required: bool) -> list[str]:
            return [c.id for c in report.checks if c.outcome is outcome and c.required in required]

        return cls(
            key=job.key,
            name=job.name,
            passed=report.passed,
            score=report.score,
            bonus=report.bonus,
            seconds=round(report.duration_s, 3),
            failed=ids(Outcome.FAILED, True),
            stretch_failed=ids(Outcome.FAILED, False),
            skipped=ids(Outcome.SKIPPED, True, False),
            errors=ids(Outcome.ERROR, True, False),
            messages={c.id: c.message for c in report.checks if c.outcome is not Outcome.PASSED},
            engine=engine,
        )

    @classmethod
    def broken(cls, job: Job, message: str, engine: str) -> Graded:
        """Say that grading could not even begin."""
        return cls(job.key, job.name, False, 0, 0, 0.0, [], [], [], ["grader"], {"grader": message}, engine)

    @classmethod
    def read(cls, result: Mapping[str, Any]) -> Graded:
        """Read it from its form in a store."""
        return cls(**result)

    def as_json(self) -> dict[str, Any]:
        """Give its form in a store."""
        return asdict(self)


def grade_all(jobs: Sequence[Job], workers: int, title: str, on_graded: Callable[[Graded], str]) -> None:
    """Grade all jobs with so many graders side by side, showing how far it is and how long it will take.

    Args:
        jobs: what to grade.
        workers: processes, each with a `Grader` of its own.
        title: what is being done.
        on_graded: called in this process with each result as it comes; a text that it gives is printed.
    """
    if not jobs:
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        Progress(*columns, TextColumn("left"), TimeRemainingColumn(), console=Console(stderr=True)) as progress,
        ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=die_with_parent) as pool,
    ):
        task = progress.add_task(title, total=len(jobs))
        try:
            for future in as_completed([pool.submit(_grade, job) for job in jobs]):
                if text := on_graded(future.result()):
                    progress.console.print(text, markup=False, highlight=False)
                progress.advance(task)
        except BaseException as error:
            pool.shutdown(cancel_futures=True)
            if isinstance(error, KeyboardInterrupt):
                raise SystemExit("stopped; what was graded is kept, and the next run goes on from there") from None
            raise


@cache
def _grader() -> Grader:
    """This worker's grader, closed when the worker ends."""
    grader = Grader()
    Finalize(None, grader.close, exitpriority=1)  # multiprocessing runs no atexit functions in a worker
    return grader


@cache
def _engine() -> str:
    """The hash of the engine that this worker runs, taken when it begins."""
    return engine_digest()


def _grade(job: Job) -> Graded:
    exercise = find_exercise(job.exercise, Workbook(ROOT))
    with tempfile.TemporaryDirectory(prefix="proof-") as temp:
        folder = job.folder
        if job.changed:
            folder = shutil.copytree(folder, Path(temp) / "work", ignore=shutil.ignore_patterns("__pycache__"))
            for name, text in job.changed.items():
                (folder / name).write_text(text, encoding="utf-8")
        try:
            return Graded.of(job, _grader().grade(exercise, folder), _engine())
        except FoodCourtError as error:
            return Graded.broken(job, str(error), _engine())
