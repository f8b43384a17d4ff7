"""Export: the grades, the feedback pages and the read-only pages, with all that instructors changed.

Several may export the same class, and the class may be graded meanwhile. What is written is all of one moment: who
writes holds `exporting`, and looks at the class only then.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from foodcourt.reports.exports import write_results
from foodcourt.review.feedback import FOLDER, write_feedback
from foodcourt.review.snapshot import Snapshot
from foodcourt.review.static import write_static

__all__ = ["export_class", "exporting"]

_GRADESCOPE = "gradescope"


@contextlib.contextmanager
def exporting(out: Path) -> Iterator[None]:
    """Wait until nobody else of this machine exports the class in the folder `out`, and keep others waiting.

    Raises:
        OSError: there is no such folder.
    """
    # The folder itself is locked: nothing has to lie in it for that, and the lock ends with its holder.
    folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def export_class(out: Path, snapshot: Snapshot, *, hand_back: bool = True) -> list[Path]:
    """Write everything that leaves the review, and give what was written; folders stand for the files in them.

    To be called within `exporting`.

    Args:
        out: the folder of the class.
        snapshot: the class at the moment of the export.
        hand_back: write the feedback pages too; where there are some already they are written anew in any case.

    Raises:
        OSError: something cannot be written.
    """
    written = write_results(out, snapshot.results, snapshot.marks.score_by_hand)
    # One file for each submission: their folder stands for them.
    told = [path for path in written if path.parents[1].name != _GRADESCOPE]
    told += [out / "exports" / _GRADESCOPE, write_static(out, snapshot)]
    if hand_back or (out / FOLDER).is_dir():
        write_feedback(out, snapshot)
        told.append(out / FOLDER)
    return told
