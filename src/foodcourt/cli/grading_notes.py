"""What an instructor should look at once a class is graded again."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from foodcourt.catalog import Exercise
from foodcourt.reports.result_paths import result_path
from foodcourt.review.snapshot import Snapshot

__all__ = ["notes_on"]

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


def _listed(places: Sequence[tuple[str, str]]) -> str:
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return ", ".join(f"{learner!r} ({slug})" for learner, slug in places[:_SHOWN]) + more
