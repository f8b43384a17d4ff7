"""Taking a submission in: what is refused, and what is copied."""

import os
import socket
from pathlib import Path

import pytest

from foodcourt.catalog import find_exercise
from foodcourt.errors import UsageError
from foodcourt.grading.intake import copy_submission, digest_of, look_at, pieces
from foodcourt.workbook import Workbook

EXERCISE = find_exercise("ex1", Workbook(Path(__file__).resolve().parents[2]))


@pytest.fixture
def folder(tmp_path):
    """A submission of two files."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in EXERCISE.files:
        (folder / name).write_text(f"# {name}\n")
    return folder


def copied(folder):
    """Copy a folder beside itself, and give what arrived as path and content."""
    into = folder.parent / "copy"
    copy_submission(folder, into)
    return {
        str(path.relative_to(into)): path.read_text()
        for path in sorted(into.rglob("*"))
        if path.is_file() or path.is_symlink()
    }


@pytest.mark.parametrize("names", [EXERCISE.files, EXERCISE.files[:1], EXERCISE.files[1:]])
def test_one_of_the_files_is_enough_to_be_graded(tmp_path, names):
    """A submission in which a file is missing is judged by the checks, not turned away."""
    for name in names:
        (tmp_path / name).touch()
    look_at(tmp_path, EXERCISE)


@pytest.mark.parametrize(
    ("make", "says", "command"),
    [
        (lambda path: None, "there is no folder", "foodcourt check ex1 --submission DIR"),
        (lambda path: path.touch(), "is a file", "foodcourt check ex1 --submission"),
        (lambda path: path.mkdir(), "is empty", "cp -r"),
        (lambda path: (path / "x").mkdir(parents=True), "holds none of", "foodcourt check ex1 --submission DIR"),
        (lambda path: path.symlink_to("nowhere"), "there is no folder", "foodcourt check ex1 --submission DIR"),
    ],
)
def test_what_cannot_be_a_submission_is_turned_away(tmp_path, make, says, command):
    """The message says what is there instead, which files are wanted, and ends with a command."""
    make(tmp_path / "mine")
    with pytest.raises(UsageError) as caught:
        look_at(tmp_path / "mine", EXERCISE)
    message = str(caught.value)
    assert says in message
    assert "orders_service.py, users_service.py" in message
    assert command in message.splitlines()[-1]


def test_a_submission_is_copied_whole(folder):
    """Helper modules and folders come along, environments, caches and repositories do not."""
    for name in ("models.py", "orders/routes.py", ".env", "__pycache__/a.pyc", ".venv/lib/x.py", ".git/config"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    assert sorted(copied(folder)) == [
        ".env",
        "models.py",
        "orders/routes.py",
        "orders_service.py",
        "users_service.py",
    ]


def test_links_stay_behind(folder, tmp_path):
    """A link to a file or folder is not followed, wherever it points: a copy holds nothing from outside."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.txt").write_text("secret")
    (folder / "key.txt").symlink_to(tmp_path / "secret" / "key.txt")
    (folder / "secret").symlink_to(tmp_path / "secret")
    (folder / "round").symlink_to(folder)
    (folder / "twin.py").symlink_to("users_service.py")
    (folder / "nowhere.py").symlink_to("nothing")
    assert sorted(copied(folder)) == list(EXERCISE.files)


def test_the_folder_itself_may_be_a_link(folder, tmp_path):
    """Whoever asks for the grading may name the folder as they like."""
    (tmp_path / "link").symlink_to(folder)
    look_at(tmp_path / "link", EXERCISE)
    assert sorted(copied(tmp_path / "link")) == list(EXERCISE.files)


@pytest.mark.timeout(10)
def test_special_files_stay_behind(folder, monkeypatch):
    """A named pipe, on which a reader would wait for ever, and a socket are left out."""
    os.mkfifo(folder / "pipe.py")
    monkeypatch.chdir(folder)  # a socket's path has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.py")
        assert sorted(copied(folder)) == list(EXERCISE.files)


@pytest.mark.parametrize("name", ["a\nb.py", "-rf", "Grüße 🍜.py", " ", "a'b\".py"])
def test_odd_names_are_names(folder, name):
    """Whatever a file is called, it is copied under that name."""
    (folder / name).write_text("odd")
    assert copied(folder)[name] == "odd"


def test_names_that_are_no_text_are_names(folder):
    """A name that is no UTF-8 arrives as it is."""
    name = os.fsdecode(b"\xff.py")
    (folder / name).touch()
    look_at(folder, EXERCISE)
    assert name in copied(folder)


def test_content_is_copied_byte_for_byte(folder):
    """Byte order marks, CRLF, NUL and broken UTF-8 arrive unchanged."""
    content = b"\xef\xbb\xbfx = 1\r\n\0\xff\n"
    (folder / "users_service.py").write_bytes(content)
    copied_to = folder.parent / "copy"
    copy_submission(folder, copied_to)
    assert (copied_to / "users_service.py").read_bytes() == content


def test_too_many_files_are_refused(folder):
    """More than 2,000 files are not a submission."""
    for number in range(2_000):
        (folder / f"{number}.txt").touch()
    with pytest.raises(UsageError, match=r"more than 2,000 files and folders or 50 MiB"):
        copied(folder)


def test_too_large_files_are_refused(folder):
    """More than 50 MiB are not a submission, and no more than that is read."""
    with (folder / "huge.bin").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UsageError, match=r"more than 2,000 files and folders or 50 MiB"):
        copied(folder)


def test_a_file_that_may_not_be_read_is_told(folder, nobody):
    """What cannot be copied is not left out, as if it had not been handed in."""
    (folder / "users_service.py").chmod(0o200)
    with nobody(), pytest.raises(UsageError, match=r"cannot copy mine: Permission denied: mine/users_service\.py"):
        copied(Path("mine"))


def fingerprint(folder):
    """Give the digest of a folder alone."""
    return digest_of(pieces(folder))[0]


def test_the_digest_of_a_copy_is_that_of_the_submission(folder):
    """What is left out, when a file was saved and in which order the disk lists it make no difference."""
    (folder / "parts").mkdir()
    (folder / "parts" / "b.py").write_text("b")
    before = fingerprint(folder)
    copy_submission(folder, folder.parent / "copy")
    os.utime(folder / "users_service.py", (1, 1))
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").touch()
    (folder / "link").symlink_to("users_service.py")
    assert fingerprint(folder) == fingerprint(folder.parent / "copy") == before


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "users_service.py").write_text("# users_service.py"),
        lambda folder: (folder / "users_service.py").rename(folder / "users.py"),
        lambda folder: (folder / "more.py").touch(),
        lambda folder: (folder / "data").mkdir(),
        lambda folder: (folder / "users_service.py").rename(folder / os.fsdecode(b"\xff")),
    ],
)
def test_whatever_is_graded_changes_the_digest(folder, change):
    """A name, a byte, a file or an empty folder: each makes it another submission."""
    before = fingerprint(folder)
    change(folder)
    assert fingerprint(folder) != before


def test_the_newest_file_tells_when_a_submission_was_changed(folder):
    """Folders, links and what is left out do not count."""
    for number, name in enumerate(EXERCISE.files, 1):
        os.utime(folder / name, (1_000 * number, 1_000 * number))
    (folder / ".git").mkdir()
    (folder / ".git" / "index").touch()
    (folder / "link").symlink_to(folder.parent)
    assert digest_of(pieces(folder))[1] == 2_000
