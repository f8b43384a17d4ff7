"""The read-only pages, for the server and for files alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foodcourt.catalog import Exercise
from foodcourt.reports.words import MARKS
from foodcourt.review.alike import Group
from foodcourt.review.changes import Change
from foodcourt.review.differences import differences
from foodcourt.review.handed_in import changed_since, read_submission
from foodcourt.review.links import Links
from foodcourt.review.overview import distribution, tallies, totals
from foodcourt.review.snapshot import STATES, Filter, Row, Snapshot, scores
from foodcourt.review.templating import render
from foodcourt.review.too_alike import too_alike

__all__ = ["Notice", "Pages"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence at the top of a page; `kind` is `saved` or `warning`."""

    kind: str
    text: str


class Pages:
    """Writes pages about a class.

    Args:
        snapshot: the class.
        links: where pages lie.
        more: what else every template is given: about the server, and who sits before it.
    """

    def __init__(self, snapshot: Snapshot, links: Links, more: Mapping[str, Any] | None = None) -> None:
        """Write nothing yet."""
        self.snapshot = snapshot
        self.links = links
        self._more = dict(more or {})
        self._groups: dict[str, tuple[Group, ...]] = {}

    def write(self, template: str, here: str = "", notices: Sequence[Notice] = (), **values: Any) -> str:
        """Fill in a template.

        Args:
            template: its file name.
            here: the slug of the exercise that the page is about.
            notices: what to say first.
            values: what else it is about.
        """
        common = {"links": self.links, "exercises": self.snapshot.results.exercises, "states": STATES.items()}
        return render(template, **common, **self._more, here=here, notices=notices, **values)

    def groups_of(self, exercise: Exercise) -> tuple[Group, ...]:
        """Give the groups of an exercise; they are made once."""
        if exercise.slug not in self._groups:
            self._groups[exercise.slug] = self.snapshot.groups(exercise)
        return self._groups[exercise.slug]

    def _alike(self, exercise: Exercise) -> list[Group]:
        """Give the groups of more than one."""
        return [group for group in self.groups_of(exercise) if len(group.learners) > 1]

    def overview(self, filter_: Filter, notices: Sequence[Notice] = ()) -> str:
        """Write the class at a glance."""
        known = self.snapshot.results.exercises
        columns = {exercise.slug: self.snapshot.rows(exercise) for exercise in known}
        summary = [
            {
                "exercise": exercise,
                "totals": totals([row.grade for row in columns[exercise.slug]]),
                "groups": len(self._alike(exercise)),
                "alike": too_alike(self.snapshot, exercise),
            }
            for exercise in known
        ]
        shown = [exercise for exercise in known if filter_.exercise in ("", exercise.slug)]
        lines = [
            rows
            for rows in zip(*(columns[exercise.slug] for exercise in shown), strict=True)
            if any(row.passes(filter_) for row in rows)
        ]
        return self.write(
            "overview.html",
            notices=notices,
            summary=summary,
            shown=shown,
            lines=lines,
            filter=filter_,
            learners=len(self.snapshot.results.learners),
            notes=self.snapshot.results.notes,
        )

    def exercise(self, exercise: Exercise, filter_: Filter) -> str:
        """Write an exercise's heat map, the distribution of its scores and its hardest checks."""
        rows = self.snapshot.rows(exercise)
        return self.write(
            "exercise.html",
            here=exercise.slug,
            exercise=exercise,
            rows=[row for row in rows if row.passes(filter_)],
            learners=len(rows),
            totals=totals([row.grade for row in rows]),
            bins=distribution(scores(rows), exercise.max_score),
            tallies=tallies([row.cells for row in rows], exercise.checks),
            groups=len(self._alike(exercise)),
            alike=too_alike(self.snapshot, exercise),
            filter=filter_,
        )

    def groups(self, exercise: Exercise) -> str:
        """Write who failed alike."""
        alone = [group for group in self.groups_of(exercise) if len(group.learners) == 1]
        groups = self._alike(exercise)
        return self.write("groups.html", here=exercise.slug, exercise=exercise, groups=groups, alone=alone)

    def similar(self, exercise: Exercise) -> str:
        """Write whose submissions are too alike."""
        alike = too_alike(self.snapshot, exercise)
        learners = {learner for pair in alike.pairs for learner in (pair.a, pair.b)}
        rows = {learner: self.snapshot.row(exercise, learner) for learner in learners}
        return self.write("similar.html", here=exercise.slug, exercise=exercise, alike=alike, rows=rows)

    def submission(
        self,
        exercise: Exercise,
        row: Row,
        history: Sequence[Change] = (),
        notices: Sequence[Notice] = (),
        **values: Any,
    ) -> str:
        """Write a submission: verdicts with their evidence, comments, and what was changed."""
        given = {"similar": (), "similar_problem": "", "typed": None, "address": "", **values}
        groups = self.groups_of(exercise)
        return self.write(
            "submission.html",
            here=exercise.slug,
            notices=notices,
            exercise=exercise,
            row=row,
            marks=MARKS,
            comments=self.comments(exercise, row),
            group=next((group for group in groups if row.learner in group.learners), None),
            history=history,
            **given,
        )

    def files(self, exercise: Exercise, row: Row) -> str:
        """Write what was handed in, and what in it differs from the solution."""
        results = self.snapshot.results
        folder = read_submission(results, exercise.slug, row.learner)
        return self.write(
            "files.html",
            here=exercise.slug,
            exercise=exercise,
            row=row,
            folder=folder,
            differences=list(differences(exercise.solution, folder.files)) if folder.files else [],
            changed=changed_since(results, exercise.slug, row.learner) if folder.files else "",
        )

    def comments(self, exercise: Exercise, row: Row) -> dict[str, Change]:
        """Give the comments on a submission by check; under an empty id that on the whole of it."""
        ids = ["", *(spec.id for spec in exercise.checks)]
        found = {id_: self.snapshot.marks.comment(exercise.slug, row.learner, id_) for id_ in ids}
        return {id_: change for id_, change in found.items() if change is not None}
