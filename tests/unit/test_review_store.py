"""The changes of a review on disk: appended, never altered, the latest counts."""

import multiprocessing
import re
import sqlite3
import threading

import pytest

from foodcourt.errors import UsageError
from foodcourt.review.changes import Kind, Target, Wish
from foodcourt.review.marking import Marks
from foodcourt.review.store import Store

ADA = Target(Kind.SCORE, "ex1_two_services", "ada")
COMMENT = Target(Kind.COMMENT, "ex1_two_services", "ada", "users.get")
HOSTILE = ("'; DROP TABLE changes; --", "half\ud800", "\udcff", "", "a\0b", "\x1b[2J")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "review.sqlite"


@pytest.fixture
def store(path):
    return Store(path)


def test_a_change_is_read_back(store):
    """What was recorded comes back whole, with the moment in UTC."""
    click = store.record("Ada L.", 0, [Wish(ADA, "kept her word", 80)])
    [change] = store.history("ex1_two_services", "ada")
    assert (change.id, change.click, change.who, change.seen) == (click, click, "Ada L.", 0)
    assert (change.target, change.text, change.score) == (ADA, "kept her word", 80)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", change.at)


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_and_text(store, name):
    """Names and words of any characters are data, and come back as they went in."""
    text = name.encode("utf-8", "replace").decode()
    store.record(text, 0, [Wish(Target(Kind.COMMENT, "ex1", name), text)])
    [change] = store.history("ex1", name)
    assert (change.target.learner, change.text, change.who) == (name, text, text)


def test_the_latest_counts_and_all_are_kept(store):
    """Of two scores the later one counts; both are in the history, the later one first."""
    store.record("a", 0, [Wish(ADA, "one", 10)])
    store.record("b", 1, [Wish(ADA, "two", 20)])
    assert store.latest()[ADA].score == 20
    assert [change.text for change in store.history("ex1_two_services", "ada")] == ["two", "one"]


def test_taking_back_is_a_change(store):
    """A score that is taken back is in the history, and the grader's counts again."""
    store.record("a", 0, [Wish(ADA, "one", 10)])
    store.record("a", 1, [Wish(ADA, "a mistake of mine")])
    marks = Marks(store.latest(), store.last())
    assert marks.override("ex1_two_services", "ada") is None
    assert len(store.history("ex1_two_services", "ada")) == 2


def test_targets_are_apart(store):
    """A comment on one check leaves the score, other checks and other learners alone."""
    store.record("a", 0, [Wish(COMMENT, "look at the id")])
    marks = Marks(store.latest(), store.last())
    assert marks.comment("ex1_two_services", "ada", "users.get").text == "look at the id"
    assert marks.comment("ex1_two_services", "ada") is None
    assert marks.comment("ex1_two_services", "grace", "users.get") is None
    assert marks.score_by_hand("ada", "ex1_two_services") is None


def test_a_stale_edit_is_noticed(store):
    """Who changed what they had not seen is told whose change came between; who had seen it is not."""
    store.record("a", 0, [Wish(ADA, "one", 10)])
    seen = store.last()
    store.record("b", seen, [Wish(ADA, "two", 20)])
    store.record("c", seen, [Wish(ADA, "three", 30)])
    store.record("d", store.last(), [Wish(ADA, "four", 40)])
    four, three, two, one = store.history("ex1_two_services", "ada")
    assert [change.who for change in store.overtaken(three)] == ["b"]
    assert [store.overtaken(change) for change in (one, two, four)] == [[], [], []]


def test_a_click_is_whole_or_not_at_all(store):
    """When one change of a click cannot be saved, none of it is."""
    with pytest.raises(sqlite3.Error):
        store.record("a", 0, [Wish(COMMENT, "fine"), Wish(ADA, None, 3)])
    assert store.last() == 0


def test_a_click_is_found_by_its_id(store):
    """All changes of one click have its id, and only those."""
    store.record("a", 0, [Wish(ADA, "one", 10)])
    others = [Wish(Target(Kind.COMMENT, "ex1", name), "same") for name in ("x", "y", "z")]
    click = store.record("a", 1, others)
    assert [change.target.learner for change in store.click(click)] == ["x", "y", "z"]
    assert store.click(999) == []


@pytest.mark.parametrize("statement", ["UPDATE changes SET score = 100", "DELETE FROM changes"])
def test_nothing_is_ever_altered(store, path, statement):
    """The file itself refuses to change or remove a row."""
    store.record("a", 0, [Wish(ADA, "one", 10)])
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="only appended"):
        connection.execute(statement)
    connection.close()


def test_it_survives_power_cuts(path):
    """Every connection writes with a journal ahead, and waits for the disk."""
    connection = Store(path)._connect()
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


def test_a_name_is_asked_once(path):
    """The name of a login is remembered, the last one given; another login has none."""
    store = Store(path)
    assert store.name_of("ada") is None
    for name in ("Ada", "Ada L."):
        store.record(name, 0, [Wish(Target(Kind.NAME, "", "ada"), name)])
    assert (Store(path).name_of("ada"), store.name_of("grace")) == ("Ada L.", None)


def write(path, who, count):
    store = Store(path)
    for number in range(count):
        store.record(who, 0, [Wish(ADA, f"{who} {number}", number), Wish(COMMENT, f"{who} {number}")])


@pytest.mark.parametrize("many", [threading.Thread, multiprocessing.get_context("spawn").Process])
def test_two_at_once_lose_nothing(path, many):
    """Two who write as fast as they can, even both as the first, end up with everything in the file, in one order."""
    workers = [many(target=write, args=(path, who, 20)) for who in ("a", "b")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    history = Store(path).history("ex1_two_services", "ada")
    scores = [change for change in history if change.target == ADA]
    assert len(history) == 80
    for who in ("a", "b"):
        assert [change.score for change in reversed(scores) if change.who == who] == list(range(20))
    assert len({change.click for change in history}) == 40


def test_the_file_may_be_made_by_many_at_once(path):
    """Servers that start at the same moment make one file, and none of them fails."""
    together = threading.Barrier(8)
    failed = []

    def open_it():
        together.wait()
        try:
            Store(path).record("a", 0, [Wish(ADA, "one", 10)])
        except UsageError as error:
            failed.append(error)

    workers = [threading.Thread(target=open_it) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    assert Store(path).last() == 8


def test_a_file_that_is_something_else(path):
    """What is no database is told with what was expected, and left as it is."""
    path.write_text("grades of last year" * 100)
    with pytest.raises(UsageError, match=r"(?s)cannot keep the review in .*expected a file of SQLite.*next: ls"):
        Store(path)
    assert path.read_text() == "grades of last year" * 100


def test_a_file_that_is_damaged(path):
    """A file that only begins as a database is told when what counts is read."""
    Store(path).record("a", 0, [Wish(ADA, "one", 10)])
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(UsageError, match=r"(?s)cannot read the review in .*scores that were set by hand; next: "):
        Marks.load(path.parent)


def test_a_file_of_a_later_version(path):
    """What a later foodcourt wrote is not written into."""
    Store(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(UsageError, match="it is of version 7, and this foodcourt knows 1"):
        Store(path)
