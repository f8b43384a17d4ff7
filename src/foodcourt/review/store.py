"""The review of a class on disk: an append-only table of changes in SQLite.

Several servers may have the same file open. Each click is one transaction, on disk before it is answered
(https://sqlite.org/pragma.html#pragma_synchronous), and no row is ever altered: what two people change at once
stands there twice, and the later one counts.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foodcourt.errors import UsageError
from foodcourt.review.changes import Change, Kind, Target, Wish

__all__ = ["FILE_NAME", "Store"]

FILE_NAME = "review.sqlite"
_VERSION = 1
_BUSY_SECONDS = 15.0
# A learner's name may hold half of a surrogate pair, which SQLite's TEXT cannot: so it is kept as bytes.
_TABLE = """
CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    click INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    seen INTEGER NOT NULL,
    kind TEXT NOT NULL,
    exercise TEXT NOT NULL,
    learner BLOB NOT NULL,
    check_id TEXT NOT NULL,
    text TEXT NOT NULL,
    score INTEGER
) STRICT;
CREATE INDEX by_target ON changes (kind, exercise, learner, check_id, id);
CREATE TRIGGER never_altered BEFORE UPDATE ON changes BEGIN SELECT RAISE(ABORT, 'changes are only appended'); END;
CREATE TRIGGER never_removed BEFORE DELETE ON changes BEGIN SELECT RAISE(ABORT, 'changes are only appended'); END;
"""
_COLUMNS = "id, click, at, who, seen, kind, exercise, learner, check_id, text, score"
_OF_TARGET = "kind = ? AND exercise = ? AND learner = ? AND check_id = ?"


class Store:
    """The changes of one class.

    Args:
        path: the file; made when it is missing.

    Raises:
        UsageError: it cannot be written, or is something else.
    """

    def __init__(self, path: Path) -> None:
        """Make the table, unless it is there."""
        self._path = path
        try:
            self._prepare()
        except sqlite3.Error as error:
            raise UsageError(
                f"cannot keep the review in {path}: {error}\n"
                f"expected a file of SQLite that can be written; next: ls -l {path.parent}\n"
                f"to look without changing anything: {path.parent / 'index.html'}"
            ) from error

    def hold(self) -> sqlite3.Connection:
        """Give what keeps the files beside the database as long as it is there: reading needs no room on the disk."""
        connection = self._connect()
        _last(connection)
        return connection

    def _prepare(self) -> None:
        with closing(self._connect()) as connection:
            _write_ahead(connection)
            with self._writing(connection):
                [version] = connection.execute("PRAGMA user_version").fetchone()
                if version == 0:
                    for statement in _TABLE.split(";\n"):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {_VERSION}")
                elif version != _VERSION:
                    raise sqlite3.DatabaseError(f"it is of version {version}, and this foodcourt knows {_VERSION}")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _writing(self, connection: sqlite3.Connection) -> Iterator[None]:
        # IMMEDIATE: whoever reads first and then writes would fail when somebody else wrote between.
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def record(self, who: str, seen: int, wishes: Sequence[Wish]) -> int:
        """Append what one click changes, all of it or nothing; it is on disk when this returns.

        Args:
            who: the name of who clicked.
            seen: the id of the last change that the page of the click showed.
            wishes: what to change.

        Returns:
            The id of the click, for `click`.
        """
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        with closing(self._connect()) as connection, self._writing(connection):
            click = _last(connection) + 1
            connection.executemany(
                "INSERT INTO changes (click, at, who, seen, kind, exercise, learner, check_id, text, score)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(click, at, who, seen, *_key(wish.target), wish.text, wish.score) for wish in wishes],
            )
        return click

    def last(self) -> int:
        """Give the id of the last change of all; 0 if there is none."""
        with closing(self._connect()) as connection:
            return _last(connection)

    def latest(self) -> dict[Target, Change]:
        """Give for every target the change that counts."""
        latest = "id IN (SELECT MAX(id) FROM changes GROUP BY kind, exercise, learner, check_id)"
        return {change.target: change for change in self._read(latest)}

    def history(self, exercise: str, learner: str) -> list[Change]:
        """Give all changes to a submission, the last one first."""
        found = self._read("exercise = ? AND learner = ? AND kind != 'name'", exercise, _as_bytes(learner))
        return found[::-1]

    def click(self, click: int) -> list[Change]:
        """Give what one click changed; empty if there was no such click."""
        return self._read("click = ?", click)

    def overtaken(self, change: Change) -> list[Change]:
        """Give the changes of the same target that somebody made before this one but after what its maker saw."""
        return self._read(f"{_OF_TARGET} AND id > ? AND id < ?", *_key(change.target), change.seen, change.id)

    def name_of(self, login: str) -> str | None:
        """Give the name that a login signs with, None if it was never asked."""
        found = self._read(_OF_TARGET, *_key(Target(Kind.NAME, "", login)))
        return found[-1].text if found else None

    def _read(self, condition: str, *values: object) -> list[Change]:
        query = f"SELECT {_COLUMNS} FROM changes WHERE {condition} ORDER BY id"  # noqa: S608 - all of it is our own
        with closing(self._connect()) as connection:
            return [_change(row) for row in connection.execute(query, values)]


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn on the journal that is written ahead; SQLite does not wait by itself when two do that at once."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _last(connection: sqlite3.Connection) -> int:
    [last] = connection.execute("SELECT COALESCE(MAX(id), 0) FROM changes").fetchone()
    return int(last)


def _key(target: Target) -> tuple[str, str, bytes, str]:
    return target.kind.value, target.exercise, _as_bytes(target.learner), target.check


def _as_bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")


def _change(row: tuple[Any, ...]) -> Change:
    id_, click, at, who, seen, kind, exercise, learner, check, text, score = row
    target = Target(Kind(kind), exercise, learner.decode("utf-8", "surrogatepass"), check)
    return Change(id_, click, at, who, seen, target, text, score)
