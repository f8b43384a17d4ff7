"""The class as a job summary of GitHub Actions: append it to the file that `$GITHUB_STEP_SUMMARY` names.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from foodcourt.catalog import Exercise
from foodcourt.reports.cells import one_line
from foodcourt.reports.class_results import ClassResults, Standing
from foodcourt.reports.grades import Grade, Override, grade_of, grades_of, shown, total

__all__ = ["to_github_summary"]

_BYTES = 900_000
"""GitHub drops a summary above 1 MiB; a step may have more to say than this."""
_NAME = 80
_PROBLEM = 200


def to_github_summary(results: ClassResults, override: Override | None = None) -> str:
    """Write the class as Markdown: how many passed each exercise, what nobody could grade, and everybody's points.

    Points of a missing submission are a dash, and count 0 in the total. An error is the word `error`, never a 0, and
    leaves the total open.

    A learner's text always stands in a code span, on one line that we began, without backticks, pipes or the marks
    that begin a workflow command: it is neither markup nor a mention, nor a command if the summary is printed to the
    log. The summary ends early where it would be larger than GitHub takes, and says so.
    """
    lines = []
    left = _BYTES
    for line in _lines(results, override):
        left -= len(line.encode()) + 1
        if left < 0:
            lines.append("\nThe summary is longer than GitHub takes; the whole class stands in `grades.csv`.")
            break
        lines.append(line)
    return "\n".join(lines) + "\n"


def _lines(results: ClassResults, override: Override | None) -> Iterator[str]:
    count = len(results.learners)
    yield f"## Food Court: {count} learner{'' if count == 1 else 's'}"
    yield ""
    yield "| Exercise | Passed | Not passed | Error | Refused | Waiting | Missing |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for exercise in results.exercises:
        yield _tally(results, exercise, override)
    yield ""
    problems = list(_problems(results, override))
    if problems:
        yield "### To look at"
        yield ""
        yield from problems
        yield ""
    yield "### Points"
    yield ""
    columns = "".join(f" Exercise {exercise.number} |" for exercise in results.exercises)
    yield f"| Learner | Name |{columns} Total |"
    yield f"| --- | --- |{' ---: |' * (len(results.exercises) + 1)}"
    for learner in results.learners:
        grades = grades_of(results, learner, override)
        cells = " | ".join((*(_points(grade) for grade in grades), shown(total(grades), "open")))
        yield f"| {_code(learner)} | {_code(results.person(learner).name)} | {cells} |"


def _tally(results: ClassResults, exercise: Exercise, override: Override | None) -> str:
    counts: Counter[str] = Counter()
    for learner in results.learners:
        grade = grade_of(results, learner, exercise, override)
        verdict = grade.standing is Standing.GRADED
        counts[("passed" if grade.passed else "not passed") if verdict else grade.standing.value] += 1
    order = ("passed", "not passed", "error", "refused", "waiting", "missing")
    return f"| {exercise.title} | {' | '.join(str(counts[key]) for key in order)} |"


def _problems(results: ClassResults, override: Override | None) -> Iterator[str]:
    for learner in results.learners:
        for exercise in results.exercises:
            grade = grade_of(results, learner, exercise, override)
            if grade.undecided and grade.standing is not Standing.WAITING:
                why = _code(results.problem(learner, exercise.slug), _PROBLEM)
                yield f"- {_code(learner)}, exercise {exercise.number}: {grade.outcome}: {why}"


def _points(grade: Grade) -> str:
    if grade.score is None:
        return "–" if grade.standing is Standing.MISSING else grade.outcome
    bonus = f" + {shown(grade.bonus)}" if grade.bonus else ""
    notes = [note for note, holds in (("by hand", grade.by_hand), ("late", grade.late)) if holds]
    remark = f" ({', '.join(notes)})" if notes else ""
    return f"{shown(grade.score)}{bonus}{remark}"


def _code(text: str, longest: int = _NAME) -> str:
    """Give a learner's text as a code span that it cannot leave (https://github.github.com/gfm/#code-spans)."""
    line = one_line(text, longest).replace("`", "\\x60").replace("|", "\\x7c")
    # What GitHub's runner takes for a command when it stands in a log, the second of them anywhere in a line.
    line = line.replace("::", ":\\x3a").replace("##[", "#\\x23[")
    return f"`{line}`" if line.strip() else ""
