"""Where the workbook's folders lie.

The package and the workbook are two things: one is installed, the other is a folder that a learner keeps and
edits. `find_workbook` brings them together.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from foodcourt.errors import UsageError

__all__ = ["HOME_VARIABLE", "Workbook", "find_workbook"]

HOME_VARIABLE = "FOODCOURT_HOME"
_LANDMARKS = ("notebooks", "exercises")


@dataclass(frozen=True, slots=True)
class Workbook:
    """A folder that holds `notebooks/` and `exercises/`.

    Attributes:
        root: the folder itself, absolute.
    """

    root: Path

    @property
    def notebooks(self) -> Path:
        """The chapters, `00_….ipynb` and on."""
        return self.root / "notebooks"

    @property
    def exercises(self) -> Path:
        """What learners edit, one folder an exercise."""
        return self.root / "exercises"

    @property
    def solutions(self) -> Path:
        """One right answer to each exercise, in the same shape."""
        return self.root / "solutions"

    @property
    def checkers(self) -> Path:
        """What grades each exercise, one folder an exercise."""
        return self.root / "checkers"

    @property
    def state(self) -> Path:
        """What the workbook writes while it is used; ignored by git. `learner.json` in it holds the answers."""
        return self.root / ".foodcourt"


def find_workbook(start: Path | None = None) -> Workbook:
    """Find the workbook: `FOODCOURT_HOME`, else the clone we are installed from, else from `start` upwards.

    The current folder comes last because the workbook's checkers run in the grader: whoever grades from inside a
    submission that looks like a workbook must not run that one's.

    Args:
        start: where to begin looking; the current directory when not given.

    Raises:
        UsageError: there is none, or `FOODCOURT_HOME` names a folder that is none.
    """
    if named := os.environ.get(HOME_VARIABLE):
        root = Path(named).expanduser().resolve()
        if _is_workbook(root):
            return Workbook(root)
        raise UsageError(
            f"{HOME_VARIABLE} should name a folder with notebooks/ and exercises/ in it, but it is {root}\n"
            f"next: unset {HOME_VARIABLE}, or export {HOME_VARIABLE}=/path/to/the/workbook"
        )
    # An editable install lies in the clone's src/foodcourt; an ordinary one in site-packages, which is no workbook.
    clone = Path(__file__).resolve().parents[2]
    here = (start or Path.cwd()).resolve()
    for folder in (clone, here, *here.parents):
        if _is_workbook(folder):
            return Workbook(folder)
    raise UsageError(
        f"no workbook here: neither {here} nor a folder above it holds notebooks/ and exercises/\n"
        f"next: cd into the workbook, or export {HOME_VARIABLE}=/path/to/the/workbook"
    )


def _is_workbook(folder: Path) -> bool:
    return all((folder / name).is_dir() for name in _LANDMARKS)
