"""Passages of two similar submissions, to be shown beside each other."""

from __future__ import annotations

from dataclasses import dataclass

from foodcourt.catalog import Exercise
from foodcourt.review.folders import Folder
from foodcourt.review.handed_in import read_submission
from foodcourt.review.similar import AlikeWork, Similar
from foodcourt.review.snapshot import Snapshot

__all__ = ["Look", "Side", "similar_to"]

_OTHERS_SHOWN = 5
_LINES_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Side:
    """One half of a pair: lines `first` to `last` of a learner's file, both included."""

    learner: str
    file: str
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class Look:
    """Another submission, with the passages that resemble each other: this one's side first."""

    similar: Similar
    passages: tuple[tuple[Side, Side], ...]


def similar_to(found: AlikeWork, snapshot: Snapshot, exercise: Exercise, learner: str) -> list[Look]:
    """Give the submissions that resemble a learner's, the most similar first.

    Args:
        found: what resembles what in the class, as `read_similar` gives it.
        snapshot: the class.
        exercise: which of its exercises.
        learner: whose submission.
    """
    known = [similar for similar in found.to(exercise.slug, learner) if similar.learner in snapshot.results.learners]
    if not known:
        return []
    mine = read_submission(snapshot.results, exercise.slug, learner)
    return [_look(snapshot, exercise, learner, mine, similar) for similar in known[:_OTHERS_SHOWN]]


def _look(snapshot: Snapshot, exercise: Exercise, learner: str, mine: Folder, similar: Similar) -> Look:
    theirs = read_submission(snapshot.results, exercise.slug, similar.learner)
    return Look(
        similar,
        tuple(
            (
                _side(mine, learner, passage.file, passage.lines),
                _side(theirs, similar.learner, passage.other_file, passage.other_lines),
            )
            for passage in similar.passages
        ),
    )


def _side(folder: Folder, learner: str, name: str, lines: tuple[int, int]) -> Side:
    first, last = lines
    text = next((file.text for file in folder.files if file.name == name), None)
    shown = (
        "(the file cannot be shown)" if text is None else "\n".join(text.split("\n")[first - 1 : last][:_LINES_SHOWN])
    )
    return Side(learner, name, first, last, shown)
