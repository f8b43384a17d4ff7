"""Where the review finds the files that were handed in."""

from pathlib import Path

from foodcourt.reports.class_file import UNPACKED, ClassFile, Entry
from foodcourt.reports.class_results import ClassResults
from foodcourt.review.folders import Folder
from foodcourt.review.handed_in import read_submission
from foodcourt.workbook import Workbook

ROOT = Path(__file__).resolve().parents[2]
SLUG = "ex1_two_services"


def test_what_was_unpacked_is_read_and_what_lies_elsewhere_is_not(tmp_path):
    """Files are read from the folder of the class and from where archives were unpacked, and from nowhere else."""
    out, submissions = tmp_path / "out", tmp_path / "class"
    folders = {
        "ada": out / UNPACKED / "ada" / SLUG,
        "bob": submissions / "bob" / "ex1",
        "eve": tmp_path / "elsewhere",
    }
    for folder in folders.values():
        folder.mkdir(parents=True)
        (folder / "users_service.py").write_text("app = 1")
    entries = tuple(Entry(learner, SLUG, folder.resolve()) for learner, folder in folders.items())
    ClassFile(submissions.resolve(), {}, entries).save(out)
    results = ClassResults.load(out, Workbook(ROOT))
    found = {learner: len(read_submission(results, SLUG, learner).files) for learner in folders}
    assert found == {"ada": 1, "bob": 1, "eve": 0}
    out.rename(tmp_path / "moved")
    moved = ClassResults.load(tmp_path / "moved", Workbook(ROOT))
    assert {learner: len(read_submission(moved, SLUG, learner).files) for learner in folders} == found


def test_what_cannot_be_graded_says_why(tmp_path):
    """Of a damaged archive no files can be shown: the page says what is wrong with it, not that it is gone."""
    (tmp_path / "ann.zip").write_text("no zip")
    entry = Entry("ann", SLUG, tmp_path / "ann.zip", problem="'ann/ann.zip' is damaged")
    ClassFile(tmp_path, {}, (entry,)).save(tmp_path / "out")
    results = ClassResults.load(tmp_path / "out", Workbook(ROOT))
    assert read_submission(results, SLUG, "ann") == Folder((), "'ann/ann.zip' is damaged")


def test_folders_of_several_gradings_are_read(tmp_path):
    """What an earlier grading looked through counts for its entries, and for no others."""
    entries = []
    for learner, root in (("ada", "monday"), ("bob", "tuesday"), ("eve", "monday")):
        folder = tmp_path / root / learner
        folder.mkdir(parents=True)
        (folder / "users_service.py").write_text("app = 1")
        entries.append(Entry(learner, SLUG, folder, root=tmp_path / "monday" if learner == "ada" else None))
    (tmp_path / "out").mkdir()
    ClassFile(tmp_path / "tuesday", {}, tuple(entries)).save(tmp_path / "out")
    results = ClassResults.load(tmp_path / "out", Workbook(ROOT))
    found = {one.learner: len(read_submission(results, SLUG, one.learner).files) for one in entries}
    assert found == {"ada": 1, "bob": 1, "eve": 0}
