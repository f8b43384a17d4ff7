"""What there is to grade: each piece of work once, however many learners handed it in."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from foodcourt.catalog import Exercise
from foodcourt.classroom.submissions import Entry

__all__ = ["Task", "grader_version", "tasks_of"]

_PACKAGE = Path(__file__).resolve().parents[1]
_ENGINE = ("brokers", "faults", "grading", "processes", "pytest_plugin.py")
"""The parts of our code that a verdict depends on."""
_CHECKERS = ("conftest.py", "pytest.ini")
"""What all checkers have in common."""


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work to grade.

    Attributes:
        exercise: what it is of.
        digest: stands for its content.
        folder: where it lies.
        learners: whose work it is, in order; more than one where the content is the same.
    """

    exercise: Exercise
    digest: str
    folder: Path
    learners: tuple[str, ...]


def tasks_of(entries: Iterable[Entry]) -> list[Task]:
    """Give the tasks, by exercise and in the learners' order; what cannot be graded has none."""
    alike: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if not entry.problem:
            alike[entry.exercise.slug, entry.digest].append(entry)
    found = [
        Task(group[0].exercise, digest, group[0].folder, tuple(entry.learner for entry in group))
        for (_, digest), group in alike.items()
    ]
    return sorted(found, key=lambda task: (task.exercise.number, task.learners))


@cache
def grader_version(exercise: Exercise) -> str:
    """Give what stands for all that a verdict on an exercise depends on beside the work: our code and its checker.

    A result of another version is no result, and a worker of another version is none for this class.
    """
    digest = hashlib.sha256(version("foodcourt").encode())
    common = (exercise.checker.parent / name for name in _CHECKERS)
    for root in (*(_PACKAGE / name for name in _ENGINE), *common, exercise.checker):
        for path in sorted([root, *root.rglob("*")]):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
