"""The class as a table that Canvas imports into its gradebook.

https://community.canvaslms.com/t5/Instructor-Guide/How-do-I-import-grades-in-the-Gradebook/ta-p/807 tells the format,
https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb reads it.
"""

from __future__ import annotations

from foodcourt.reports.cells import cell, table
from foodcourt.reports.class_results import ClassResults
from foodcourt.reports.grades import Override, grades_of, shown

__all__ = ["to_canvas_csv"]

_POINTS_POSSIBLE = "Points Possible"


def to_canvas_csv(results: ClassResults, override: Override | None = None) -> str:
    """Write the class for Canvas: one row a learner, one assignment an exercise.

    Canvas finds a student by `SIS User ID`, which is the id of the class list; else by `SIS Login ID`, which is the
    address of the class list, or the name of the learner's folder where there is none; else by name. `ID` stays
    empty: it is Canvas's own number, and another school's may be somebody else's. An assignment is found by its
    title, such as `Exercise 1: two services`; Canvas offers to create one that it does not know.

    The points are score and bonus together, out of the score alone: Canvas allows more than all. A missing submission
    is an empty cell, not a 0, so that Canvas's own rules for missing work apply; and so is an error, which is told in
    `grades.csv`. Canvas shows what it would change before it does, empty cells included.
    """
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    possible = [f"    {_POINTS_POSSIBLE}", "", "", "", ""]
    rows = [
        [*header, *(exercise.title for exercise in results.exercises)],
        [*possible, *(shown(exercise.max_score) for exercise in results.exercises)],
    ]
    for learner in results.learners:
        person = results.person(learner)
        # Canvas takes any row that says so in its first cell for that of the points possible.
        name = cell(person.name or learner).replace(_POINTS_POSSIBLE, _POINTS_POSSIBLE.lower())
        points = (shown(grade.points) for grade in grades_of(results, learner, override))
        rows.append([name, "", cell(person.id), cell(person.email or learner), "", *points])
    return table(rows)
