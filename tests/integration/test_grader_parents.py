"""The parents that graders share: one that is killed is replaced."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from foodcourt.catalog import find_exercise
from foodcourt.grading import grader as grading
from foodcourt.grading.grader import Grader
from foodcourt.grading.parents import Parents
from foodcourt.workbook import Workbook

EXERCISE = find_exercise("ex1", Workbook(Path(__file__).resolve().parents[2]))


@pytest.mark.usefixtures("no_process_left")
@pytest.mark.parametrize("role", ["checkers", "programs"])
def test_a_parent_that_was_killed_costs_no_further_submission(role):
    """Where the machine ran out of memory and took a parent, the next submission is graded by a new one."""
    with Parents() as parents, Grader(parents=parents) as grader:
        killed = getattr(parents.of(EXERCISE), role)._popen
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        assert grader.grade(EXERCISE, EXERCISE.solution).passed


@pytest.mark.usefixtures("no_process_left")
def test_a_checker_may_end_by_itself(monkeypatch):
    """A checker whose verdicts are all there is not killed in the middle of its tidying up."""
    statuses = []
    close = grading._Child.close

    def closing(child):
        statuses.append(child.process.exit_status)
        close(child)

    monkeypatch.setattr(grading._Child, "close", closing)
    with Grader() as grader:
        for _ in range(5):
            assert grader.grade(EXERCISE, EXERCISE.solution).passed
    assert statuses == [0] * 5
