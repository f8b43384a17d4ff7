"""What one server works with: the class on disk, the changes, and who sits before it."""

from __future__ import annotations

import threading
from pathlib import Path

from foodcourt.reports.class_file import FILE_NAME as CLASS_FILE
from foodcourt.reports.class_results import ClassResults
from foodcourt.reports.result_paths import results_folder
from foodcourt.review.changes import Kind, Target, Wish
from foodcourt.review.links import ServerPages
from foodcourt.review.marking import Marks
from foodcourt.review.pages import Pages
from foodcourt.review.snapshot import Snapshot
from foodcourt.review.store import FILE_NAME, Store
from foodcourt.workbook import Workbook

__all__ = ["Desk"]


class Desk:
    """Where an instructor reviews a class.

    Args:
        out: the folder that `foodcourt grade` wrote.
        workbook: where the exercises lie.
        csrf: what every form carries.
        login: who started the server.
        name: the name that changes are signed with; None: asked once, and remembered for the login.

    Raises:
        UsageError: no class was graded into `out`, or nothing can be saved there.
        GraderError: what is there is damaged.
    """

    def __init__(self, out: Path, workbook: Workbook, *, csrf: str, login: str, name: str | None = None) -> None:
        """Read the class."""
        self.out = out
        self.csrf = csrf
        self.login = login
        self._name = name
        self._workbook = workbook
        self._lock = threading.Lock()
        self._state = self._state_on_disk()
        self._results = ClassResults.load(out, workbook)
        self.store = Store(out / FILE_NAME)
        self._held = self.store.hold()

    @property
    def may_rename(self) -> bool:
        """Whether the name was not given when the server was started."""
        return self._name is None

    @property
    def signature(self) -> str:
        """The name that changes are signed with, as far as it is known without looking into what was saved."""
        return self._name or self.login

    def name(self) -> str | None:
        """Give the name that changes are signed with; None if it has to be asked first."""
        return self._name or self.store.name_of(self.login)

    def rename(self, name: str) -> None:
        """Remember a name for the login."""
        self.store.record(name, self.store.last(), [Wish(Target(Kind.NAME, "", self.login), name)])

    def results(self) -> ClassResults:
        """Give the results; anew, if the class was graded again meanwhile."""
        with self._lock:
            state = self._state_on_disk()
            if state != self._state:
                self._results = ClassResults.load(self.out, self._workbook)
                self._state = state
            return self._results

    def snapshot(self) -> Snapshot:
        """Give the class as it is now."""
        return Snapshot(self.results(), Marks.of(self.store))

    def pages(self) -> Pages:
        """Give the pages as they are now."""
        snapshot = self.snapshot()
        more = {
            "who": self.name() or self.login,
            "may_rename": self.may_rename,
            "csrf": self.csrf,
            "seen": snapshot.marks.last,
        }
        return Pages(snapshot, ServerPages(), more)

    def _state_on_disk(self) -> list[tuple[str, int]]:
        # A report is replaced under its name, which changes the time of the folder that it lies in.
        found = []
        folder = results_folder(self.out)
        learners = list(folder.iterdir()) if folder.is_dir() else []
        for path in (self.out / CLASS_FILE, *learners):
            try:
                found.append((path.name, path.stat().st_mtime_ns))
            except OSError:
                continue
        return sorted(found)
