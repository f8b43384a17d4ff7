"""Grading on this machine, a number of submissions at a time."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from foodcourt.batch.tasks import Task
from foodcourt.catalog import CheckSpec, Exercise
from foodcourt.errors import FoodCourtError, NoSandbox
from foodcourt.grading.grader import Grader, SandboxUse
from foodcourt.grading.parents import Parents
from foodcourt.grading.verdicts import Outcome, Report, Verdict

__all__ = ["grade_locally", "in_words", "no_verdict"]


def grade_locally(tasks: Sequence[Task], *, jobs: int, sandbox: SandboxUse) -> Iterator[tuple[Task, Report]]:
    """Grade, and give each report as it comes.

    A submission on which the grader breaks gets a report that says so, and the rest goes on.

    Args:
        tasks: what to grade; those of one exercise best stand together.
        jobs: how many at a time.
        sandbox: whether learners' programs are locked in.

    Raises:
        NoSandbox: a sandbox is required, and there can be none here.
    """
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    done: queue.SimpleQueue[tuple[Task, Report | NoSandbox]] = queue.SimpleQueue()
    with Parents() as parents:
        graders = [Grader(sandbox, parents) for _ in range(min(jobs, len(tasks)))]
        threads = [threading.Thread(target=_grade, args=(grader, waiting, done)) for grader in graders]
        for thread in threads:
            thread.start()
        try:
            for _ in tasks:
                task, report = done.get()
                if isinstance(report, NoSandbox):
                    raise report
                yield task, report
        finally:
            with contextlib.suppress(queue.Empty):
                while True:
                    waiting.get_nowait()
            parents.close()  # whatever is being graded ends without a verdict, and nobody waits for it
            for thread in threads:
                thread.join()


def _grade(
    grader: Grader,
    waiting: queue.SimpleQueue[Task],
    done: queue.SimpleQueue[tuple[Task, Report | NoSandbox]],
) -> None:
    with grader, contextlib.suppress(queue.Empty):
        while True:
            task = waiting.get_nowait()
            began = time.monotonic()

            def ahead(_: CheckSpec, exercise: Exercise = task.exercise) -> None:
                if not waiting.empty():  # the next checker collects its checks while this one waits for answers
                    grader.prepare(exercise)

            try:
                done.put((task, grader.grade(task.exercise, task.folder, digest=task.digest, on_begin=ahead)))
            except NoSandbox as error:
                done.put((task, error))
            except Exception as error:  # noqa: BLE001 - who waits for this report must get one
                done.put((task, no_verdict(task.exercise, in_words(error), time.monotonic() - began)))


def in_words(error: Exception) -> str:
    """Say what broke; what we have no words for is told with its kind, as a MemoryError has no text."""
    return str(error) if isinstance(error, FoodCourtError | OSError) else repr(error)


def no_verdict(exercise: Exercise, why: str, seconds: float = 0.0) -> Report:
    """Make the report on work that could not be graded, through no fault of the learner's."""
    message = f"the grader broke, this is not your fault: {why}"
    checks = tuple(
        Verdict(
            id=spec.id,
            title=spec.title,
            required=not spec.stretch,
            points=0,
            max_points=spec.points,
            outcome=Outcome.ERROR,
            message=message,
        )
        for spec in exercise.checks
    )
    return Report(exercise.slug, None, "off", datetime.now(UTC), seconds, checks)
