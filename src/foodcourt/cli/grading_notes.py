"""What an instructor should look at once a class is graded again."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from foodcourt.catalog import Exercise
from foodcourt.reports.result_paths import result_path
from foodcourt.review.snapshot import Snapshot
from foodcourt.review.too_alike import too_alike

__all__ = ["notes_on", "pairs_in"]

_SHOWN = 6


def notes_on(snapshot: Snapshot, graded: Iterable[Exercise]) -> Iterator[str]:
    """Tell of results without work, and of scores by hand that were for other work: neither goes away by itself.

    Args:
        snapshot: the class now.
        graded: the exercises that were looked for.
    """
    results = snapshot.results
    slugs = {exercise.slug for exercise in graded}
    if left := [place for place in results.reports if place[1] in slugs and results.entry(*place) is None]:
        first = result_path(results.out, *left[0])
        yield (
            f"no work is there any more for results that are kept: {_listed(left)}; to drop the first: "
            f"rm {shlex.quote(str(first))}, and the same command with --resume"
        )
    if outdated := snapshot.outdated():
        yield (
            f"other work lies there than when the score was set by hand: {_listed(outdated)}; "
            f"look whether these scores still hold: foodcourt review {shlex.quote(str(results.out))}"
        )


def pairs_in(snapshot: Snapshot, graded: Iterable[Exercise]) -> str:
    """Say how many pairs of submissions are too alike, and where they stand; empty where there are none.

    Args:
        snapshot: the class now.
        graded: the exercises that were looked for.
    """
    found = [too_alike(snapshot, exercise) for exercise in graded]
    count = sum(len(alike.pairs) for alike in found)
    if not count:
        return ""
    pairs = f"{count} pair{'' if count == 1 else 's'}{' or more' if any(alike.more for alike in found) else ''}"
    return f"too alike to be chance: {pairs}; look at {snapshot.results.out / 'index.html'}"


def _listed(places: Sequence[tuple[str, str]]) -> str:
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return ", ".join(f"{learner!r} ({slug})" for learner, slug in places[:_SHOWN]) + more
