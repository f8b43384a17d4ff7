"""The verdict on one submission as Gradescope's autograder format has it.

https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
"""

from __future__ import annotations

import json
from typing import Any

from foodcourt.catalog import Exercise
from foodcourt.grading.verdicts import Outcome, Report, Verdict
from foodcourt.reports.class_results import ClassResults
from foodcourt.reports.grades import Grade, Override, grade_of, shown
from foodcourt.reports.words import plain

__all__ = ["to_gradescope_json"]


def to_gradescope_json(
    results: ClassResults, learner: str, exercise: Exercise, override: Override | None = None
) -> str | None:
    """Write the verdict on one submission as a `results.json`.

    The score is that of the required checks and the bonus together, or what an instructor gave and the bonus. A check
    that was skipped is failed, as Gradescope knows no third way. All texts are marked as plain text, so that nothing
    of the learner's is shown as markup.

    Returns:
        None where there are no points: nothing was handed in, it is not graded, or the grader broke. Gradescope would
        take a file for a verdict, and one without a score for a broken autograder.
    """
    grade = grade_of(results, learner, exercise, override)
    if grade.points is None:
        return None
    report = results.report(learner, exercise.slug)
    content: dict[str, Any] = {
        "score": grade.points,
        "output": _summary(grade, exercise),
        # Left alone, it would be taken for HTML.
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(check) for check in report.checks] if report is not None else [],
    }
    if report is not None:
        content["execution_time"] = round(report.duration_s, 3)
        content["extra_data"] = _extra(report)
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _summary(grade: Grade, exercise: Exercise) -> str:
    bonus = f" + {shown(grade.bonus)} bonus" if grade.bonus else ""
    by_hand = ", given by an instructor" if grade.by_hand else ""
    return f"{exercise.title}: {shown(grade.score)} of {exercise.max_score} points{bonus}{by_hand}"


def _test(check: Verdict) -> dict[str, Any]:
    parts = [check.message]
    if check.outcome is Outcome.SKIPPED:
        parts.insert(0, "skipped:")
    if check.outcome is Outcome.ERROR:
        parts.insert(0, "the grader broke; this is not your fault:")
    if check.hint:
        parts.append(f"hint: {check.hint}")
    return {
        "name": f"{'' if check.required else 'bonus: '}{check.id}: {plain(check.title)}",
        "name_format": "text",
        "score": check.points,
        "max_score": check.max_points,
        "status": "passed" if check.outcome is Outcome.PASSED else "failed",
        "output": plain("\n".join(part for part in parts if part)),
        "output_format": "text",
        "visibility": "visible",
    }


def _extra(report: Report) -> dict[str, Any]:
    return {"exercise": report.exercise, "passed": report.passed, "sandbox": report.sandbox}
