"""Grading a class, from the folder of its submissions to the folder of its results."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from foodcourt.batch.finished import FinishedWork
from foodcourt.batch.tasks import Task, tasks_of
from foodcourt.classroom.submissions import Classroom
from foodcourt.errors import UsageError
from foodcourt.grading.verdicts import Report
from foodcourt.reports.class_file import ClassFile, Entry, Person
from foodcourt.reports.result_paths import results_folder

__all__ = ["Grade", "Plan", "grade_class", "grading_alone", "plan", "refuse_results"]

Grade = Callable[[Sequence[Task]], Iterable[tuple[Task, Report]]]
"""Grades tasks in whatever order, and gives each report as it comes."""


_LOCK = ".lock"
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}
"""What a file system says that knows no locks: nobody can be kept out there."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for a class.

    Attributes:
        classroom: what was handed in.
        todo: what is to be graded.
        done: what was graded before, with its report.
    """

    classroom: Classroom
    todo: tuple[Task, ...]
    done: tuple[tuple[Task, Report], ...]


@contextlib.contextmanager
def grading_alone(out: Path) -> Iterator[None]:
    """Keep every other grader out of a folder, as long as this process lives: they unpack archives there, too.

    Raises:
        UsageError: another one is in there.
        OSError: the folder cannot be written.
    """
    with (out / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                f"another foodcourt grade is at work in {out}\n"
                "try: the same command with --resume when that one has ended, or with another --out"
            ) from error
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        yield


def refuse_results(out: Path) -> None:
    """See that a folder holds no results yet.

    Raises:
        UsageError: it does.
    """
    if results_folder(out).is_dir():
        raise UsageError(
            f"{out} holds results already\n"
            "try: the same command with --resume, which grades what is missing or changed, or with another --out"
        )


def plan(classroom: Classroom, out: Path, *, resume: bool) -> Plan:
    """See what is to be done, in another order where it was begun before."""
    finished = FinishedWork(out)
    todo, done = [], []
    for task in tasks_of(classroom.entries):
        if report := finished.find(task):
            done.append((task, report))
        else:
            todo.append(task)
    return Plan(classroom, tuple(_in_another_order(todo) if resume else todo), tuple(done))


def _in_another_order(tasks: Sequence[Task]) -> Iterator[Task]:
    """Shuffle the exercises, and the tasks of each: what takes long, and is cut off each time, stops nothing else."""
    groups = [list(of_one) for _, of_one in itertools.groupby(tasks, key=lambda task: task.exercise.slug)]
    random.shuffle(groups)
    for group in groups:
        random.shuffle(group)
        yield from group


def grade_class(
    what: Plan, submissions: Path, out: Path, grade: Grade, on_report: Callable[[Task, Report], None]
) -> None:
    """Grade what is to be graded, and keep each report as it comes.

    What `out` knows of exercises that were not looked for this time stays.

    Args:
        what: what is to be done.
        submissions: the folder of the class.
        out: the folder of its results; made when needed.
        grade: who grades.
        on_report: called with each report that came.

    Raises:
        OSError: a result cannot be written.
        ResultsDamaged: what `out` knows of the class is damaged.
    """
    finished = FinishedWork(out)
    class_file = _class_file(what.classroom, submissions, ClassFile.load(out))
    # All this before the files are told: nobody may be shown an old verdict beside new work.
    refused = ((entry.learner, entry.exercise.slug) for entry in what.classroom.entries if entry.problem)
    waiting = ((learner, task.exercise.slug) for task in what.todo for learner in task.learners)
    for learner, slug in itertools.chain(refused, waiting):
        finished.withdraw(learner, slug)
    for task, report in what.done:
        finished.hand_out(task, report)
    class_file.save(out)
    for task, report in grade(what.todo) if what.todo else ():
        finished.keep(task, report)
        on_report(task, report)


def _class_file(classroom: Classroom, submissions: Path, before: ClassFile) -> ClassFile:
    asked = {exercise.slug for exercise in classroom.exercises}
    kept = tuple(
        replace(entry, root=entry.root or before.submissions)
        for entry in before.entries
        if entry.exercise not in asked
    )
    since = {(entry.learner, entry.exercise, entry.digest): entry.since for entry in before.entries}
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    learners = _everybody(classroom, {entry.learner for entry in kept}, before.learners)
    entries = tuple(
        Entry(
            learner=entry.learner,
            exercise=entry.exercise.slug,
            folder=entry.folder.resolve(),
            late=entry.late,
            digest=entry.digest,
            problem=entry.problem,
            since=since.get((entry.learner, entry.exercise.slug, entry.digest), now),
        )
        for entry in classroom.entries
    )
    notes = {**before.notes, **dict.fromkeys(asked, classroom.problems)}
    return ClassFile(submissions.resolve(), learners, kept + entries, {**before.due, **classroom.due}, notes)


def _everybody(classroom: Classroom, busy: set[str], before: Mapping[str, Person]) -> dict[str, Person]:
    """Give who is in the class, with what is known of them from before where nothing is said of them now.

    Args:
        classroom: the class as it is now; whoever a class list leaves out has left it.
        busy: those with work of which nothing was looked for this time.
        before: who was in the class.
    """
    now = {one.learner: Person(one.name, one.id, one.email) for one in classroom.learners}
    stay = {name: one for name, one in before.items() if not classroom.listed or name in busy or name in now}
    return stay | {name: one for name, one in now.items() if one != Person() or name not in stay}
