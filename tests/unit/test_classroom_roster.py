"""Rosters: what spreadsheets write, and whom a name means."""

import os

import pytest

from foodcourt.classroom.roster import Learner, Roster, read_roster
from foodcourt.errors import UsageError


@pytest.fixture
def roster(tmp_path):
    """Read a roster from text or bytes."""

    def read(content):
        path = tmp_path / "roster.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_roster(path).learners

    return read


ALICE = Learner("alice", "Alice Müller", "0123", "alice@example.org")


@pytest.mark.parametrize(
    "content",
    [
        "learner,name,id,email\nalice,Alice Müller,0123,alice@example.org\n",
        "learner;name;id;email\nalice;Alice Müller;0123;alice@example.org\n",
        "learner\tname\tid\temail\nalice\tAlice Müller\t0123\talice@example.org",
        " Email , ID , group , Learner , NAME \r\nalice@example.org, 0123, b, alice, Alice Müller \r\n\r\n,,,,\r\n",
        '"learner","name","id","email"\r"alice","Alice Müller","0123","alice@example.org","more"\r',
        "sep=;\r\nlearner;name;id;email\r\nalice;Alice Müller;0123;alice@example.org\r\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_roster_is_read_as_spreadsheets_write_it(roster, content, encoding):
    """Any order and case of the columns, three separators, four encodings; empty lines say nothing."""
    assert roster(content.encode(encoding)) == (ALICE,)


def test_only_the_learner_is_needed(roster):
    """Names may hold separators, quotes, line breaks and any letter."""
    assert roster('learner\nbob\n"O\'Neil, ""Kit"""\n"two\nlines"\n-rf\n🍜\na\u2028b\n') == tuple(
        Learner(name) for name in ("bob", 'O\'Neil, "Kit"', "two\nlines", "-rf", "🍜", "a\u2028b")
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "names no column learner"),
        ("name,id\nAlice,1\n", "names no column learner"),
        ("learner,id,ID\nalice,1,2\n", "two columns named id"),
        ("learner\nalice\nbob\nalice\n", "line 4 has the learner of line 2 again"),
        ("learner,name\nalice,A\n,B\n", "line 3 has '' for a learner"),
        ("learner\n../../etc\n", "line 2 has '../../etc' for a learner"),
        ("learner\n..\n", "cannot be the name of a folder"),
        ("learner\na\0b\n", "cannot be the name of a folder"),
        (b"learner\n\x81\n", "cannot be used"),
        ("learner\n" + "a" * 200_000, "cannot be used"),
        (b"\xff\xfel", "cannot be used"),
        ("learner\n" + "a\n" * 3_000_000, "larger than 4 MiB"),
    ],
)
def test_what_is_no_roster_is_refused(roster, content, says):
    """The message names the line, and shows how a roster begins."""
    with pytest.raises(UsageError) as caught:
        roster(content)
    assert says in str(caught.value)
    assert "learner,name,id,email" in str(caught.value)


def test_a_roster_that_cannot_be_read_is_told(tmp_path):
    """A wrong name is the instructor's to mend."""
    for path in (tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(UsageError, match="cannot read the roster"):
            read_roster(path)


SOME = Roster(
    (
        Learner("alice", "Alice Smith", "12"),
        Learner("bob", "Jones, Bob Jr.", "34"),
        Learner("ann1", "Ann Lee", "56"),
        Learner("ann2", "Ann Lee", "78"),
        Learner("Zoe\u0301"),
        Learner("nobody", "", "90"),
    )
)


@pytest.mark.parametrize(
    ("name", "number", "learner"),
    [
        ("smithalice", "", "alice"),
        ("Alice Smith", "", "alice"),
        ("whoever", "12", None),
        ("whoever", "90", "nobody"),
        ("smithalice", "34", "alice"),
        ("leeann", "12", None),
        ("jonesbobjr", "", "bob"),
        ("Bob Jr. Jones", "", "bob"),
        ("leeann", "", None),
        ("leeann", "78", "ann2"),
        ("zoé", "", "Zoe\u0301"),
        ("carol", "", None),
        ("carol", "99", None),
    ],
)
def test_a_platform_names_a_learner(name, number, learner):
    """By name, in the order of either platform, if it is one learner's alone; by number where that leaves it open."""
    found = SOME.by_export(name, number)
    assert (found and found.learner) == learner


@pytest.mark.parametrize(
    ("folder", "learner"),
    [("alice", "alice"), ("Alice", None), ("Zo\u00e9", "Zoe\u0301"), (os.fsdecode(b"\xff"), None)],
)
def test_a_folder_is_a_learners(folder, learner):
    """A name is the same however its accents are stored, and no other."""
    found = SOME.by_folder(folder)
    assert (found and found.learner) == learner
