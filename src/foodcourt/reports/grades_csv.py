"""`OUT/grades.csv`: the class as a table, for people with a spreadsheet and for scripts."""

from __future__ import annotations

from foodcourt.reports.cells import cell, table
from foodcourt.reports.class_results import ClassResults
from foodcourt.reports.grades import Grade, Override, grades_of, shown, total

__all__ = ["to_grades_csv"]


def to_grades_csv(results: ClassResults, override: Override | None = None) -> str:
    """Write the class as comma-separated values (RFC 4180), one row a learner.

    The columns are `learner`, `name`, for every exercise `ex1_score`, `ex1_bonus`, `ex1_passed` (`yes` or `no`),
    `ex1_outcome` and `ex1_late`, and `total`.

    * `outcome` is `graded`, `error` (the grader broke, or the stored result is damaged), `refused` (something was
      handed in that cannot be graded), `waiting` (not graded yet), `missing` (nothing was handed in), or `by hand`.
    * Where there is no verdict, score, bonus and passed are empty: an error is never a 0.
    * What is missing is empty as well, and counts 0 in the total. As long as an exercise of a learner is an error,
      refused or waiting, the total is empty.
    * The total is score and bonus of all exercises.
    * A score by hand stands in place of the grader's; bonus and passed stay as the grader gave them.

    Names that a spreadsheet would take for a formula begin with an apostrophe, and control characters are written as
    their number, such as `\\x0a`.
    """
    header = ["learner", "name"]
    for exercise in results.exercises:
        header += [f"ex{exercise.number}_{what}" for what in ("score", "bonus", "passed", "outcome", "late")]
    rows = [[*header, "total"]]
    for learner in results.learners:
        grades = grades_of(results, learner, override)
        row = [cell(learner), cell(results.person(learner).name)]
        for grade in grades:
            row += _cells(grade)
        rows.append([*row, shown(total(grades))])
    return table(rows)


def _cells(grade: Grade) -> list[str]:
    passed = "" if grade.passed is None else "yes" if grade.passed else "no"
    return [shown(grade.score), shown(grade.bonus), passed, grade.outcome, "yes" if grade.late else "no"]
