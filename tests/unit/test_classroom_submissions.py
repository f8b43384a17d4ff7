"""What is found in the folder of a class: learners' folders, archives, exports, and whatever else lies there."""

import errno
import os
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foodcourt.catalog import exercises
from foodcourt.classroom.submissions import find_submissions
from foodcourt.errors import UsageError
from foodcourt.grading.intake import copy_submission, digest_of, pieces
from foodcourt.workbook import Workbook

ALL = exercises(Workbook(Path(__file__).resolve().parents[2]))
EX1 = ALL[0]
FILES = {name: f"# {name}\n" for name in EX1.files}
DUE = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Class:
    """A class that is being made up."""

    def __init__(self, root):
        self.root = root / "class"
        self.work = root / "work"
        self.roster = None
        self.root.mkdir()

    def folder(self, path, files=FILES, at=DUE - timedelta(hours=1)):
        """Add a folder of files."""
        for name, text in files.items():
            target = self.root / path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
            os.utime(target, (at.timestamp(), at.timestamp()))
        return self.root / path

    def archive(self, path, files=FILES, inside=""):
        """Add a zip archive of files."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                member = zipfile.ZipInfo(inside + name, (2026, 1, 30, 12, 0, 0))
                archive.writestr(member, text, zipfile.ZIP_DEFLATED)
        return target

    def on_roster(self, *lines, at="."):
        """Put a roster among the learners' folders."""
        self.roster = self.root / at / "roster.csv"
        self.roster.write_text("learner,name,id\n" + "".join(f"{line}\n" for line in lines))

    def find(self, wanted=ALL, due=None):
        """Find what is to be graded."""
        dues = {exercise.slug: due for exercise in wanted if due}
        return find_submissions(self.root, wanted, work=self.work, roster=self.roster, due=dues)

    def found(self, wanted=ALL):
        """Give learner, exercise and problem of each entry, and see that the good ones hold the right files."""
        classroom = self.find(wanted)
        for entry in classroom.entries:
            assert bool(entry.problem) != bool(entry.digest)
            if entry.digest:
                assert set(entry.exercise.files) <= {path.name for path in entry.folder.iterdir()}
                assert entry.digest == digest_of(pieces(entry.folder))[0]
        return [(entry.learner, f"ex{entry.exercise.number}", entry.problem) for entry in classroom.entries]


@pytest.fixture
def made(tmp_path):
    """A class without learners."""
    return Class(tmp_path)


@pytest.mark.parametrize("name", ["ex1_two_services", "ex1", "1", "EX1", " ex1"])
def test_an_exercise_goes_by_any_of_its_names(made, name):
    """The folder's name, or its short forms."""
    made.folder(f"alice/{name}")
    assert made.found() == [("alice", "ex1", "")]


def test_entries_come_by_learner_and_exercise(made):
    """Whatever order the disk lists them in."""
    for path, number in (("bob/ex1", 0), ("alice/ex4", 3), ("alice/ex2", 1), ("alice/1", 0)):
        made.folder(path, dict.fromkeys(ALL[number].files, ""))
    assert made.found() == [("alice", "ex1", ""), ("alice", "ex2", ""), ("alice", "ex4", ""), ("bob", "ex1", "")]
    assert [learner.learner for learner in made.find().learners] == ["alice", "bob"]
    assert made.find().problems == ()


def test_exercises_not_asked_for_are_passed_over(made):
    """Work on other exercises of the workbook is neither an entry nor a problem."""
    made.folder("alice/ex1")
    made.folder("alice/ex2")
    made.folder("bob/ex2")
    classroom = made.find([EX1])
    assert [(entry.learner, entry.exercise) for entry in classroom.entries] == [("alice", EX1)]
    assert classroom.problems == ()
    assert classroom.missing == ("bob",)


@pytest.mark.parametrize(
    "name",
    ["Ann Lee", 'O\'Neil "Kit"', "two\nlines", "🍜", "-rf", " ", "$(id)", "<b>", os.fsdecode(b"\xff\xfe")],
)
def test_a_learner_may_be_called_anything(made, name):
    """The name of a folder is a learner's name, as folder and as archive."""
    made.folder(f"{name}/ex1")
    shutil.move(made.archive(f"{name}/2.zip", dict.fromkeys(ALL[1].files, "")), made.root / name / "ex2.zip")
    assert made.found() == [(name, "ex1", ""), (name, "ex2", "")]
    assert made.find().problems == ()


def test_identical_work_has_the_same_digest(made):
    """Folder or archive, nested or not, yesterday's or today's: what is graded is the same."""
    made.folder("alice/ex1")
    made.folder("bob/ex1/deep/er", at=DUE)
    made.archive("carol/ex1.zip")
    made.archive("dave/ex1.zip", inside="my work/")
    made.folder("eve/ex1", {**FILES, "users_service.py": ""})
    *same, other = (entry.digest for entry in made.find().entries)
    assert len(set(same)) == 1
    assert other not in same
    copy_submission(made.root / "alice" / "ex1", made.work / "copy")
    assert digest_of(pieces(made.work / "copy"))[0] == same[0]


@pytest.mark.parametrize(
    "path",
    ["ex1.zip", "ex1_two_services.zip", "EX1.ZIP", "1.zip", "ex1 (2).zip", "alice_ex1_final.zip", "my-ex1-2026.zip"],
)
@pytest.mark.parametrize("inside", ["", "ex1/", "alice/services/"])
def test_archives_are_unpacked(made, path, inside):
    """An archive is named like the exercise, somehow; a folder that holds all the rest is looked into."""
    made.archive(f"alice/{path}", inside=inside)
    assert made.found() == [("alice", "ex1", "")]
    assert made.find().entries[0].folder.is_relative_to(made.work / "alice" / "ex1_two_services")


def test_looking_twice_gives_the_same(made):
    """What was unpacked before is replaced, not added to."""
    archive = made.archive("alice/ex1.zip", {**FILES, "old.py": ""})
    made.find()
    archive.unlink()
    made.archive("alice/ex1.zip")
    assert made.find() == made.find()
    assert not list(made.work.rglob("old.py"))


def test_a_folder_counts_before_an_archive(made):
    """What is handed in twice is graded once, and which one is told."""
    made.archive("alice/ex1.zip", {**FILES, "more.py": ""})
    made.folder("alice/ex1_two_services")
    classroom = made.find()
    assert [entry.folder for entry in classroom.entries] == [made.root / "alice" / "ex1_two_services"]
    assert "'alice/ex1_two_services' is taken, not 'alice/ex1.zip'" in classroom.problems[0]


@pytest.mark.parametrize("depth", [1, 2])
def test_a_folder_around_the_exercises_is_looked_into(made, depth):
    """A clone or an unpacked archive puts a folder around it all."""
    made.folder("alice/" + "work/" * depth + "ex1")
    made.folder("alice/" + "work/" * depth + "ex2", dict.fromkeys(ALL[1].files, ""))
    assert made.found() == [("alice", "ex1", ""), ("alice", "ex2", "")]


def test_a_workbook_may_be_handed_in_as_a_whole(made):
    """Its exercises are graded, and not its solutions."""
    made.folder("alice/exercises/ex1_two_services", {**FILES, "mine.py": ""})
    made.folder("alice/solutions/ex1_two_services")
    made.folder("alice/notebooks", {"00.ipynb": ""})
    assert made.found() == [("alice", "ex1", "")]
    assert (made.find().entries[0].folder / "mine.py").exists()


def test_what_cannot_be_graded_does_not_stop_the_rest(made):
    """Each learner's problem is their own, and names the path."""
    made.folder("alice/ex1")
    (made.root / "bob" / "ex1").mkdir(parents=True)
    made.folder("carol/ex1", {"a\nb.py": "", "users.py": ""})
    made.folder("dave", {"ex1": "a file"})
    made.archive("eve/ex1.zip").write_bytes(b"nonsense")
    made.archive("fay/ex1.zip", {**FILES, "../../evil.py": ""})
    made.archive("gus/ex1.zip", {**FILES, "zeros": "0" * (8 << 20)})
    made.folder("hal", {"ex1.tar.gz": ""})
    made.folder("ida/ex1", {**FILES, **{f"{number}.txt": "" for number in range(2_000)}})
    (made.root / "joe").mkdir()
    (made.root / "joe" / "ex1").symlink_to(made.root / "alice" / "ex1")
    (made.root / "kim").mkdir()
    (made.root / "kim" / "ex1.zip").symlink_to(made.root / "alice")
    (alice, *problems) = made.found()
    assert alice == ("alice", "ex1", "")
    assert {learner: problem.partition("' ")[2] for learner, _, problem in problems} == {
        "bob": "is empty; it should hold orders_service.py, users_service.py",
        "carol": "holds none of orders_service.py, users_service.py, but a\\nb.py, users.py",
        "dave": "is a file; expected the folder of the exercise, or a .zip",
        "eve": "is damaged, or no zip archive (File is not a zip file); ask for it again",
        "fay": "holds '../../evil.py', a path that leads out of it; ask for it packed anew",
        "gus": "unpacks to more than 100 times its size, which source code never does",
        "hal": "is an archive of a kind that is not read; ask for a .zip",
        "ida": "holds more than 2,000 files and folders or 50 MiB",
        "joe": "is a link, and links are not followed",
        "kim": "is a link, and links are not followed",
    }
    assert not list(made.root.parent.rglob("evil.py"))


@pytest.mark.parametrize(("locked", "entries"), [("ex1", [1]), ("bob", [1, 2, 3, 4])])
def test_a_locked_folder_is_told(made, monkeypatch, locked, entries):
    """A folder that may not be read is a problem, not the end; nor is what may lie in it missing."""
    look = Path.iterdir

    def iterdir(path):
        if path.name == locked and "bob" in path.parts:
            raise PermissionError(13, "Permission denied")
        return look(path)

    made.folder("alice/ex1")
    made.folder("bob/ex1")
    monkeypatch.setattr(Path, "iterdir", iterdir)
    classroom = made.find()
    alice, *bobs = classroom.entries
    assert (alice.learner, alice.problem) == ("alice", "")
    assert [(entry.learner, entry.exercise.number) for entry in bobs] == [("bob", number) for number in entries]
    assert all("cannot be read: Permission denied" in entry.problem for entry in bobs)
    assert (classroom.problems, classroom.missing) == ((), ())


def test_what_may_not_be_read_costs_its_learner_alone(nobody):
    """A folder or file without the right to read it is told, and no work is taken for whole without it."""
    made = Class(Path())
    made.folder("alice/ex1")
    made.folder("eve/ex1", {**FILES, "parts/models.py": ""})
    for path in ("bob/ex1", "cyd/ex1", "dan/ex1", "Fay Ray_2_assignsubmission_file"):
        made.folder(path)
    made.folder(".", {"leeann_33_903_users_service.py": ""})
    for path in ("bob", "cyd/ex1", "Fay Ray_2_assignsubmission_file"):
        (made.root / path).chmod(0o444)
    for path in ("dan/ex1/users_service.py", "eve/ex1/parts", "leeann_33_903_users_service.py"):
        (made.root / path).chmod(0o200)
    with nobody():
        classroom = made.find([EX1])
    assert [(entry.learner, entry.problem) for entry in classroom.entries] == [
        ("Fay Ray", "'class/Fay Ray_2_assignsubmission_file' cannot be read: Permission denied"),
        ("alice", ""),
        ("bob", "'class/bob' cannot be read: Permission denied"),
        ("cyd", "'cyd/ex1' cannot be read: Permission denied"),
        ("dan", "'dan/ex1' cannot be read: Permission denied"),
        ("eve", "'eve/ex1' cannot be read: Permission denied"),
        ("leeann", "'class/leeann_33_903_users_service.py' cannot be read: Permission denied"),
    ]
    assert (classroom.problems, classroom.missing) == ((), ())


@pytest.mark.parametrize("path", ["leeann_33_904_-1", "Ann Lee_5_assignsubmission_file_"])
def test_an_upload_without_a_name_costs_its_learner_alone(made, path):
    """Where nothing is left of the name under which a file was uploaded, it is told, and the rest is graded."""
    made.folder("bob/ex1")
    made.folder(".", {path: ""})
    told = sorted(problem for _, _, problem in made.found([EX1]))
    assert told == ["", f"'class/{path}' has a name that no file can have"]


def test_folders_without_end_cost_their_learner_alone(made):
    """Folders in folders, deeper than any program goes, and very many of them are no submission."""
    made.folder("alice/ex1")
    made.folder("bob/ex1")
    made.folder("cyd/ex1")
    for number in range(2_000):
        (made.root / "cyd" / "ex1" / str(number)).mkdir()
    deep = [made.root / "bob" / "ex1"]
    for _ in range(1_100):
        deep.append(deep[-1] / "d")
        deep[-1].mkdir()
    try:
        found = made.found()
    finally:
        for folder in reversed(deep[1:]):
            folder.rmdir()
    assert found == [
        ("alice", "ex1", ""),
        ("bob", "ex1", "'bob/ex1' holds folders more than 20 deep"),
        ("cyd", "ex1", "'cyd/ex1' holds more than 2,000 files and folders or 50 MiB"),
    ]


def test_a_full_disk_is_nobodys_fault(made, monkeypatch):
    """Where nothing can be unpacked the search ends: no learner is told that their archive is to blame."""
    made.archive("alice/ex1.zip")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("foodcourt.classroom.archives._write", full)
    with pytest.raises(UsageError, match=r"cannot unpack into .*: No space left on device\ntry: df -h"):
        made.find()


def test_what_is_no_work_is_told(made):
    """Files beside the folders, hidden ones, links and learners without exercises: a sentence each, in order."""
    made.folder("alice/ex1")
    made.folder("alice", {"notes.txt": "", ".DS_Store": "", ".vscode/x": ""})
    made.folder("alice/ex9")
    (made.root / "bob").mkdir()
    made.folder(".hidden/ex1")
    made.folder("__MACOSX/ex1")
    made.folder("ex2/users_service")
    made.folder(".", {"README.md": "", ".DS_Store": "", "all.zip": ""})
    (made.root / "zoe").symlink_to(made.root / "alice")
    assert made.found() == [("alice", "ex1", "")]
    assert list(made.find().problems) == [
        "'class/.hidden' is hidden, and was left out",
        "'class/README.md' lies beside the learners' folders, and was left out",
        "'class/alice' holds what is no exercise, and was left out: 'ex9', 'notes.txt'",
        "'class/all.zip' is an archive beside the learners' folders; put it into its learner's, like alice/ex1.zip, "
        "or unpack it, if it is a download of the whole class, into a folder such as ex1",
        "'class/bob' is empty",
        "'class/ex2' is named like an exercise; expected a learner's folder with the exercises in it",
        "'class/zoe' is a link, and links are not followed",
    ]
    assert made.find().missing == ("bob",)


@pytest.mark.parametrize("files", [{"users_service.py": ""}, {"two_services/users_service.py": "", "b/x": ""}])
def test_what_is_not_understood_is_not_missing(made, files):
    """Something was handed in: it has no points, but is no 0 either, on whatever there is no other work of."""
    made.folder("bob", files)
    made.archive("cyd/all.zip")
    made.folder("cyd", {"ex2.txt": ""})
    classroom = made.find()
    assert [(entry.learner, entry.exercise.number) for entry in classroom.entries] == [
        (learner, number) for learner in ("bob", "cyd") for number in (1, 2, 3, 4)
    ]
    assert all("holds none of the exercises, but '" in entry.problem for entry in classroom.entries)
    assert classroom.missing == ()


@pytest.mark.parametrize(
    "name", ["exercise1", "Exercise 1 - two services", "ex01", "ex1 - Copy", "ex1-final", "my_ex_1"]
)
def test_a_folder_may_say_more_than_the_exercise(made, name):
    """It goes by the number in its name, whichever exercise is asked for, and comes after a plain name."""
    made.folder(f"alice/{name}")
    assert made.found() == [("alice", "ex1", "")]
    made.folder("bob/ex2")
    assert [entry.learner for entry in made.find([ALL[1]]).entries] == ["bob"]
    made.archive("alice/ex1.zip", {**FILES, "plain.py": ""})
    assert made.find().entries[0].folder.is_relative_to(made.work)


@pytest.mark.parametrize("name", ["ex10", "Max_Ex1_Ex2", "alex1", "complex 1"])
def test_other_names_are_no_exercise(made, name):
    """No number of one of the exercises alone, or a word that only ends so."""
    made.folder(f"alice/{name}")
    assert all(problem for _, _, problem in made.found())


def test_links_that_go_round_are_left_alone(made):
    """Nothing is found twice, and the search ends."""
    made.folder("alice/ex1")
    (made.root / "round").symlink_to("round")
    (made.root / "alice" / "up").symlink_to("..")
    (made.root / "alice" / "ex1" / "up").symlink_to("..")
    assert made.found() == [("alice", "ex1", "")]


def test_the_work_folder_is_no_learner(made):
    """Results may be written into the folder of the class itself."""
    made.work = made.root / "out" / "submissions"
    made.archive("alice/ex1.zip")
    made.found()
    assert made.found() == [("alice", "ex1", "")]
    assert made.find().problems == ()


def test_canvas_uploads_are_found(made):
    """By the names of a download; numbers tell learners apart who have the same name."""
    made.archive("smithalice_11_901_ex1_two_services.zip")
    made.archive("jonesbob_LATE_22_902_ex1.zip", inside="ex1/")
    made.archive("leeann_33_903_ex1-1.zip")
    made.archive("leeann_44_904_ex1.zip")
    made.folder("liuchen_55_905_ex1_two_services")
    made.folder(".", {"smithalice_11_906_notes.txt": ""})
    assert made.found() == [
        (learner, "ex1", "") for learner in ("jonesbob", "leeann_33", "leeann_44", "liuchen", "smithalice")
    ]
    classroom = made.find()
    assert [entry.learner for entry in classroom.entries if entry.late] == ["jonesbob"]
    namesakes, notes = classroom.problems
    assert "several are called 'leeann', by their numbers there" in namesakes
    assert "'class/smithalice_11_906_notes.txt' tells no exercise" in notes


def test_canvas_files_of_one_exercise_need_not_be_packed(made):
    """Files uploaded one by one are put together; of those handed in again the last counts."""
    files = {
        "smithalice_LATE_11_901_users_service.py": "old",
        "smithalice_LATE_11_902_orders_service.py": "o",
        "smithalice_LATE_11_1003_users_service-1.py": "new",
        "leeann_33_903_work.zip.py": "",
        "leeann_33_904_..-1": "",
    }
    made.folder(".", files)
    made.archive("jonesbob_22_905_homework.zip")
    classroom = made.find([EX1])
    assert [(entry.learner, entry.late) for entry in classroom.entries] == [
        ("jonesbob", False),
        ("leeann", False),
        ("smithalice", True),
    ]
    alice = classroom.entries[2].folder
    assert {path.name: path.read_text() for path in alice.iterdir()} == {
        "users_service.py": "new",
        "orders_service.py": "o",
    }
    assert classroom.entries[1].problem


def test_a_download_may_lie_in_a_folder_of_the_exercise(made):
    """An instructor unpacks the download of each exercise into a folder of its own."""
    made.archive("ex1/smithalice_11_901_work.zip")
    made.folder("ex1", {"leeann_33_903_users_service.py": "", "leeann_33_904_orders_service.py": ""})
    made.folder("ex2_retries/Alice Smith_5_assignsubmission_file", dict.fromkeys(ALL[1].files, ""))
    assert made.found() == [("Alice Smith", "ex2", ""), ("leeann", "ex1", ""), ("smithalice", "ex1", "")]
    assert [entry.learner for entry in made.find([EX1]).entries] == ["leeann", "smithalice"]


@pytest.mark.parametrize("above", ["ex1", "CS101-Exercise 1 two services-4711", "submissions"])
@pytest.mark.parametrize("wanted", [ALL, [EX1]])
def test_a_download_is_no_learner(made, above, wanted):
    """Wherever the uploads of a class lie, and whatever they are called, each is its learner's."""
    made.archive(f"{above}/smithalice_11_901_ex1.zip")
    made.archive(f"{above}/leeann_33_903_ex1-1.zip")
    made.folder(f"{above}/Bob Jones_5_assignsubmission_file/ex1")
    made.folder(f"{above}/Dee Ray_6_assignsubmission_file")
    known = len(wanted) == 1 or "1" in above
    assert [learner for learner, _, problem in made.found(wanted) if not problem] == [
        *("Bob Jones", *(["Dee Ray"] if known else []), "leeann", "smithalice")
    ]
    assert above not in {one.learner for one in made.find(wanted).learners}


def test_a_learners_own_file_may_look_like_an_upload(made):
    """A folder is a download where all in it was uploaded, not where one name looks like that."""
    made.folder("alice", {**FILES, "test_1_2_x.py": ""})
    made.folder("bob/ex1")
    made.folder("bob", {"test_1_2_x.py": ""})
    assert made.found([EX1]) == [("alice", "ex1", ""), ("bob", "ex1", "")]


def test_a_platforms_number_stands_against_no_name(made):
    """Numbers of Moodle are others in each assignment, and those of Canvas are not the school's."""
    made.on_roster("bob,Bob Moo,5", "ann,Ann Lee,6", "zed,,7")
    for name in (
        *("Ann Lee_5_assignsubmission_file_ex1.zip", "Who Ever_7_assignsubmission_file_ex1.zip"),
        *("moobob_6_904_ex1.zip", "someoneelse_5_905_ex1.zip", "whoever_7_906_ex1.zip"),
    ):
        made.archive(name, {**FILES, "name": name})
    classroom = made.find()
    assert {entry.learner: (entry.folder / "name").read_text() for entry in classroom.entries} == {
        "ann": "Ann Lee_5_assignsubmission_file_ex1.zip",
        "bob": "moobob_6_904_ex1.zip",
        "someoneelse": "someoneelse_5_905_ex1.zip",
        "zed": "whoever_7_906_ex1.zip",
        "Who Ever": "Who Ever_7_assignsubmission_file_ex1.zip",
    }


def test_moodle_counts_anew_in_each_assignment(made):
    """One name with two numbers is one learner, unless an exercise has two of that name."""
    for upload in ("Ann Lee_5", "Bo Ek_1", "Bo Ek_2"):
        made.archive(f"{upload}_assignsubmission_file_ex1.zip")
    for upload in ("Ann Lee_77", "Bo Ek_3"):
        made.archive(f"{upload}_assignsubmission_file_ex2.zip", dict.fromkeys(ALL[1].files, ""))
    assert made.found() == [
        *[("Ann Lee", "ex1", ""), ("Ann Lee", "ex2", "")],
        *[("Bo Ek_1", "ex1", ""), ("Bo Ek_2", "ex1", ""), ("Bo Ek_3", "ex2", "")],
    ]


def test_a_roster_may_lie_among_uploads(made):
    """Whatever else lies in its folder is looked at."""
    made.archive("ex1/smithann_1_2_work.zip")
    made.on_roster("ann,Ann Smith,", at="ex1")
    assert made.found() == [("ann", "ex1", "")]


@pytest.mark.parametrize(
    ("line", "learner"),
    [
        ("js,John Smith,1", "js"),
        ("js,John Smith,", "smithjohn_1"),
        ("smithjohn,Jo Smith,\njs,John Smith,", "smithjohn_1"),
        ("smithjohn,John Smith,\nsmithjohn2,John Smith,", "smithjohn_1"),
    ],
)
def test_a_namesake_is_not_taken_for_who_is_on_the_roster(made, line, learner):
    """Where two have a name, only a number tells which one is on the roster; a folder's name tells nothing."""
    made.on_roster(line)
    made.archive("smithjohn_1_2_ex1.zip")
    made.archive("smithjohn_7_3_ex1.zip")
    assert made.found() == [(learner, "ex1", ""), ("smithjohn_7", "ex1", "")]


def test_namesakes_are_apart_in_all_downloads(made):
    """Canvas's numbers tell so, in whichever exercise they meet, and it is told."""
    made.archive("ex1/smithjohn_1_2_work.zip")
    made.archive("ex2/smithjohn_7_3_work.zip", dict.fromkeys(ALL[1].files, ""))
    assert made.found() == [("smithjohn_1", "ex1", ""), ("smithjohn_7", "ex2", "")]
    assert "several are called 'smithjohn'" in made.find().problems[0]


def test_learners_folders_may_look_like_uploads(made):
    """The roster says whose a folder is; and one that holds a single upload is no download."""
    made.on_roster("john,,", "john_1_2_x,,", "Eva Mueller,,", "Max Mueller,,")
    made.folder("john")
    for path in ("john", "john_1_2_x"):
        made.folder(path)
    made.archive("Max Mueller/mueller_1234567_2024_ex1.zip")
    made.archive("Eva Mueller/mueller_7654321_2024_ex1.zip")
    assert [learner for learner, _, problem in made.found([EX1]) if not problem] == [
        *("Eva Mueller", "Max Mueller", "john", "john_1_2_x")
    ]


def test_uploads_may_be_unpacked_with_a_folder_in_them(made):
    """A folder called like an upload that holds its exercise is that upload, and one that holds more a learner's."""
    made.folder("smithann_LATE_1_2_ex1/ex1")
    made.folder("john_1_2_x/ex1")
    made.folder("ex1/jonesbob_LATE_3_4_work/ex1")
    classroom = made.find([EX1])
    assert [(entry.learner, entry.late) for entry in classroom.entries] == [
        *(("john_1_2_x", False), ("jonesbob", True), ("smithann", True))
    ]


def test_names_and_places_that_disagree_are_not_graded(made):
    """A file named like another exercise than that of its folder, or that may be, has no points and is no 0."""
    made.archive("jonesbob_4_5_exercise-2.zip")
    made.archive("smithann_1_2_homework-2.zip")
    made.archive("ex1/leeann_1_9_ex2.zip")
    found = {learner: problem for learner, _, problem in made.found([EX1])}
    assert "may be of ex2_retries, by its name" in found["jonesbob"]
    assert "is called like ex2_retries, and lies where ex1_two_services is expected" in found["leeann"]
    assert found["smithann"] == ""


def test_a_download_may_hold_other_things(made):
    """A stray archive or note makes no learner of a folder of the exercise."""
    for path in ("ex1", "Exercise 1"):
        made.archive(f"{path}/smithann_1_2_work.zip")
        made.archive(f"{path}/jonesbob_2_3_ex1.zip")
    made.archive("ex1/ex1.zip")
    made.folder("Exercise 1", {"notes.txt": ""})
    assert made.found() == [("jonesbob", "ex1", ""), ("smithann", "ex1", "")]


def test_what_is_late_for_one_exercise_is_not_for_another(made):
    """LATE stands for its own upload alone."""
    made.archive("smithann_LATE_1_2_ex2.zip", dict.fromkeys(ALL[1].files, ""))
    made.folder(".", {f"smithann_1_{number}_{name}": "" for number, name in enumerate(FILES, 3)})
    assert [entry.late for entry in made.find([EX1]).entries] == [False]


def test_what_is_passed_over_is_told(made):
    """Beside a folder that is looked into, too; and a folder with hidden files alone is not empty."""
    made.folder("alice/sub/ex1")
    made.archive("alice/rest.zip")
    made.folder("bob/.hidden/ex1")
    assert made.find().problems == (
        "'class/alice' holds what is no exercise, and was left out: 'rest.zip'",
        "'class/bob' holds nothing but what is hidden",
    )


def test_what_lies_beside_the_work_is_not_graded(made):
    """The exercise's own files count before an archive, which counts before a note; and it is told."""
    made.folder("Ann Lee_1_assignsubmission_file", {**FILES, "which.txt": "files"})
    made.archive("Ann Lee_1_assignsubmission_file/attempt1.zip", {**FILES, "which.txt": "archive"})
    made.folder("Bo Ek_2_assignsubmission_file", {"which.txt": "files"})
    made.archive("Bo Ek_2_assignsubmission_file/homework.zip", {**FILES, "which.txt": "archive"})
    made.archive("leeann_33_903_ex1.zip", {**FILES, "which.txt": "archive"})
    made.folder(
        ".", {"leeann_33_904_README.txt": "", **{f"ekbo_44_90{n}_{name}": "" for n, name in enumerate(FILES)}}
    )
    made.folder(".", {"ekbo_44_908_which.txt": "files"})
    made.archive("ekbo_44_909_backup.zip", {**FILES, "which.txt": "archive"})
    classroom = made.find([EX1])
    which = {entry.learner: (entry.folder / "which.txt").read_text() for entry in classroom.entries}
    assert which == {"Ann Lee": "files", "Bo Ek": "archive", "leeann": "archive", "ekbo": "files"}
    assert len(classroom.problems) == 4
    assert "is taken without what is in 'attempt1.zip'" in " ".join(classroom.problems)
    assert "is taken, and not what lies beside it: 'which.txt'" in " ".join(classroom.problems)


def test_moodle_folders_are_found(made):
    """Files, an archive, or folders of exercises: whatever was uploaded."""
    made.folder("Alice Smith_1_assignsubmission_file")
    made.archive("Bob Jones_2_assignsubmission_file_/homework.zip", inside="x/")
    made.folder("Chen Liu_3_assignsubmission_file/ex1")
    made.archive("Dee Ray_4_assignsubmission_file_my work.zip")
    made.folder("Alice Smith_1_assignsubmission_onlinetext", {"onlinetext.html": ""})
    made.folder(".._5_assignsubmission_file/ex1")
    assert made.found([EX1]) == [
        (learner, "ex1", "") for learner in (".._5", "Alice Smith", "Bob Jones", "Chen Liu", "Dee Ray")
    ]
    assert [problem for problem in made.find([EX1]).problems if "onlinetext' holds no files" in problem]
    assert [learner for learner, _, problem in made.found() if not problem] == [".._5", "Chen Liu"]


def test_uploads_are_matched_with_the_roster(made):
    """Whoever is on the roster goes by the name that they have there, whichever platform names them."""
    made.on_roster("alice,,11", "bob,Bob Jones,", "chen,,33")
    made.archive("smithalice_11_901_ex1.zip")
    made.folder("Bob Jones_2_assignsubmission_file/ex1")
    made.folder("chen/ex1")
    assert made.found() == [("alice", "ex1", ""), ("bob", "ex1", ""), ("chen", "ex1", "")]
    assert made.find().problems == ()


def test_the_roster_says_who_is_missing(made):
    """Learners without any work are missing; whoever is not on the roster is graded and told."""
    made.on_roster("alice,Alice Smith,1", "bob,Bob Jones,2", "chen,Chen Liu,3")
    made.folder("alice/ex1")
    (made.root / "chen").mkdir()
    made.folder("eve\n/ex1")
    classroom = made.find()
    assert [entry.learner for entry in classroom.entries] == ["alice", "eve\n"]
    assert [learner.learner for learner in classroom.learners] == ["alice", "bob", "chen", "eve\n"]
    assert classroom.learners[1].name == "Bob Jones"
    assert classroom.missing == ("bob", "chen")
    assert "'eve\\n' is not on the roster" in classroom.problems


@pytest.mark.parametrize(("minutes", "late"), [(-1, False), (0, False), (1, True)])
def test_work_is_late_when_a_file_of_it_is(made, minutes, late):
    """The newest file that is graded counts; neither caches nor links do."""
    made.folder("alice/ex1", at=DUE - timedelta(days=1))
    made.folder("alice/ex1", {"more.py": ""}, at=DUE + timedelta(minutes=minutes))
    made.folder("alice/ex1/__pycache__", {"a.pyc": ""}, at=DUE + timedelta(days=1))
    (made.root / "alice" / "ex1" / "link").symlink_to("more.py")
    assert [entry.late for entry in made.find(due=DUE).entries] == [late]
    local = DUE.astimezone().replace(tzinfo=None)
    assert [entry.late for entry in made.find(due=local).entries] == [late]
    assert [entry.late for entry in made.find().entries] == [False]


@pytest.mark.parametrize(("due", "late"), [(datetime(2026, 1, 30, 11), True), (datetime(2026, 1, 30, 13), False)])
def test_an_archive_is_late_when_a_file_in_it_is(made, due, late):
    """The archive's own time may be that of the download: where it is late and its files are not, that is told."""
    made.archive("alice/ex1.zip")
    classroom = made.find(due=due)
    assert [entry.late for entry in classroom.entries] == [late]
    notes = [problem for problem in classroom.problems if "not counted as late: 'alice/ex1.zip';" in problem]
    assert len(notes) == (0 if late else 1)


def test_an_archive_is_not_newer_than_itself(made):
    """Files in it that say that they were changed after it was packed come from a clock that was wrong."""
    path = made.archive("alice/ex1.zip")
    os.utime(path, (0, datetime(2026, 1, 29, tzinfo=UTC).timestamp()))
    classroom = made.find(due=datetime(2026, 1, 30, 1, tzinfo=UTC))
    assert [entry.late for entry in classroom.entries] == [False]
    assert classroom.problems == ()


def test_a_class_without_work_is_told(made):
    """The message says what is expected and what lies there instead."""
    made.folder(".", {"all.zip": ""})
    with pytest.raises(UsageError, match=r"nothing to grade.*\n.*like alice/ex1.zip.*\ntry: ls"):
        made.find()
    made.on_roster("alice,,")
    assert made.find().missing == ("alice",)
    shutil.rmtree(made.root)
    with pytest.raises(UsageError, match="there is no folder"):
        made.find()
    made.root.write_text("learner,name\n")
    with pytest.raises(UsageError, match="is a file; expected the folder that holds"):
        made.find()
