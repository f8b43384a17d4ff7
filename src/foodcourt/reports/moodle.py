"""The class as a table that Moodle imports into its gradebook.

https://docs.moodle.org/en/Grade_import tells the format,
https://github.com/moodle/moodle/blob/main/grade/import/csv/classes/load_data.php reads it.
"""

from __future__ import annotations

from foodcourt.reports.cells import cell, table
from foodcourt.reports.class_results import ClassResults
from foodcourt.reports.grades import Override, grades_of, shown

__all__ = ["to_moodle_csv"]

_NO_GRADE = "-"
_UNKNOWN = "(unknown)"


def to_moodle_csv(results: ClassResults, override: Override | None = None) -> str:
    """Write the class for Moodle: one row a learner, two grade items an exercise.

    In Moodle's preview, map one of the first three columns to the user: `Username` is the name of the learner's
    folder, `ID number` and `Email address` are those of the class list. Where the list has none the cell says
    `(unknown)`, and Moodle stops before it changes anything: an empty cell it would take for the learner of the row
    above.

    The bonus is a grade item of its own, as Moodle refuses a whole import that holds a grade above 100. A missing
    submission is `-`, Moodle's word for no grade, and not a 0; and so is an error, which is told in `grades.csv`.
    """
    header = ["Username", "ID number", "Email address", "Name"]
    for exercise in results.exercises:
        header += [exercise.title, f"{exercise.title} (bonus)"]
    rows = [header]
    for learner in results.learners:
        person = results.person(learner)
        row = [_known(learner), _known(person.id), _known(person.email), cell(person.name or learner)]
        for grade in grades_of(results, learner, override):
            row += [shown(grade.score, _NO_GRADE), shown(grade.bonus, _NO_GRADE)]
        rows.append(row)
    return table(rows)


def _known(text: str) -> str:
    # PHP takes "0" for empty.
    return cell(text) if text.strip() not in {"", "0"} else _UNKNOWN
