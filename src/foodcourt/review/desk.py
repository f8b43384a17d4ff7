"""What one server works with: the class on disk, the changes, and who sits before it."""

from __future__ import annotations

import contextlib
import sqlite3
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
        name: the name that changes are signed with; None: the one that the login gave before, or asked once.

    Attributes:
        may_rename: whether the name was not given when the server was started.

    Raises:
        UsageError: no class was graded into `out`, or nothing can be saved there.
        ResultsDamaged: what is there is damaged.
    """

    def __init__(self, out: Path, workbook: Workbook, *, csrf: str, login: str, name: str | None = None) -> None:
        """Read the class."""
        self.out = out
        self.csrf = csrf
        self.login = login
        self.may_rename = name is None
        self._name = name
        self._workbook = workbook
        self._lock = threading.Lock()
        self._state = self._state_on_disk()
        self._results = ClassResults.load(out, workbook)
        self.store = Store(out / FILE_NAME)
        self._held = self.store.hold()
        if name is None:
            # Once: two may review under one login, each with a server of their own. Pages tell what is damaged.
            with contextlib.suppress(sqlite3.Error):
                self._name = self.store.name_of(login)

    @property
    def signature(self) -> str:
        """The name that changes are signed with; the login until another was given."""
        return self._name or self.login

    def name(self) -> str | None:
        """Give the name that changes are signed with; None if it has to be asked first."""
        return self._name

    def rename(self, name: str) -> None:
        """Sign with a name from now on, and remember it for the next server of the login."""
        self.store.record(name, self.store.last(), [Wish(Target(Kind.NAME, "", self.login), name)])
        self._name = name

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
            "who": self.signature,
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
