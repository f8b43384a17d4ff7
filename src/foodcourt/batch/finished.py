"""What is graded already: a report for each piece of work, by its content, so that nothing is graded twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from foodcourt.batch.tasks import Task, grader_version
from foodcourt.errors import GraderError
from foodcourt.grading.verdicts import Report
from foodcourt.reports.class_results import result_path
from foodcourt.reports.files import write_atomically
from foodcourt.reports.json_report import from_json, to_json

__all__ = ["FinishedWork"]

_FOLDER = "graded"


class FinishedWork:
    """The reports in `OUT/graded`, from which `OUT/results` is made.

    Each is written whole or not at all before it counts, so an interruption at any moment costs what was being graded
    and nothing else.
    """

    def __init__(self, out: Path) -> None:
        """Keep reports below the folder `out`."""
        self._out = out

    def find(self, task: Task) -> Report | None:
        """Give the report on a task; None where there is none of this version, or one that is no verdict."""
        try:
            stored = json.loads(self._path(task).read_bytes())
            if stored["version"] != grader_version(task.exercise):
                return None
            report = from_json(json.dumps(stored["report"]))
        except (OSError, ValueError, KeyError, TypeError, GraderError):
            return None
        return None if report.broken else report

    def keep(self, task: Task, report: Report) -> None:
        """Keep a report, and write the result of each learner whose work it is on.

        Raises:
            OSError: it cannot be written.
        """
        nobodys = replace(report, learner=None)
        stored = {"version": grader_version(task.exercise), "report": json.loads(to_json(nobodys))}
        write_atomically(self._path(task), json.dumps(stored))
        self.hand_out(task, report)

    def hand_out(self, task: Task, report: Report) -> None:
        """Write the result of each learner, where it is not there already.

        Raises:
            OSError: it cannot be written.
        """
        for learner in task.learners:
            path = result_path(self._out, learner, task.exercise.slug)
            text = to_json(replace(report, learner=learner))
            try:
                if path.read_text(encoding="utf-8") == text:
                    continue
            except (OSError, ValueError):
                pass
            write_atomically(path, text)

    def withdraw(self, learner: str, slug: str) -> None:
        """Remove a result from before: what was handed in since cannot be graded, or is not graded yet.

        Raises:
            OSError: it cannot be removed.
        """
        result_path(self._out, learner, slug).unlink(missing_ok=True)

    def _path(self, task: Task) -> Path:
        return self._out / _FOLDER / task.exercise.slug / f"{task.digest}.json"
