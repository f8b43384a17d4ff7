"""`foodcourt grade`, from the folder of a class to its results."""

import csv
import json
import os
import queue
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import jsonschema
import pytest
from leaks import until
from pages import Page

from foodcourt.batch.farm.parcels import pack
from foodcourt.batch.farm.signing import Secret
from foodcourt.batch.finished import FinishedWork
from foodcourt.batch.grade_class import grade_class, plan
from foodcourt.batch.local import grade_locally
from foodcourt.batch.tasks import tasks_of
from foodcourt.catalog import exercises
from foodcourt.classroom.submissions import find_submissions
from foodcourt.errors import GraderError
from foodcourt.reports.class_file import ClassFile, Person
from foodcourt.reports.class_results import ClassResults, Standing, result_path
from foodcourt.reports.json_report import schema
from foodcourt.review.changes import Kind, Target, Wish
from foodcourt.review.exporting import export_class, exporting
from foodcourt.review.marking import Marks
from foodcourt.review.snapshot import Snapshot
from foodcourt.review.store import Store
from foodcourt.workbook import Workbook

pytestmark = pytest.mark.usefixtures("no_process_left")

ROOT = Path(__file__).resolve().parents[2]
WORKBOOK = Workbook(ROOT)
SUBMISSIONS = ROOT / "tests" / "submissions" / "ex3_grpc_echo"
FOODCOURT = Path(sys.executable).with_name("foodcourt")
ODD = "=cmd() <b> é"


def hand_in(class_folder, learner, work, exercise="ex3"):
    shutil.copytree(work, class_folder / learner / exercise, ignore=shutil.ignore_patterns("expect.toml"))


def grade(class_folder, out, *arguments, **options):
    command = [FOODCOURT, "grade", class_folder, "--out", out, "--jobs", "2", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False, **options)


def result(out, learner, slug="ex3_grpc_echo"):
    found = json.loads(result_path(out, learner, slug).read_text(encoding="utf-8"))
    jsonschema.validate(found, schema())
    return found


def rows(out):
    """Give the lines of grades.csv, by learner."""
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["learner"].lstrip("'"): row for row in csv.DictReader(file)}


def told_of(row, exercise):
    """Give what a line says of the learner and of one exercise."""
    return {column: text for column, text in row.items() if column in {"name", "id"} or column.startswith(exercise)}


@pytest.fixture
def class_folder(tmp_path):
    """A class: good work, the same work again under an odd name, wrong work, and what is no work at all."""
    folder = tmp_path / "class"
    hand_in(folder, "ada", ROOT / "solutions" / "ex3_grpc_echo")
    hand_in(folder, ODD, ROOT / "solutions" / "ex3_grpc_echo")
    hand_in(folder, "bob", SUBMISSIONS / "wrong" / "exits_1_always", "ex3_grpc_echo")
    (folder / "cyd").mkdir()
    (folder / "cyd" / "ex3.zip").write_text("no zip")
    return folder


def test_a_class_is_graded(class_folder, tmp_path):
    """Each learner gets a report; the same work is graded once; what cannot be graded costs only itself."""
    roster, out = tmp_path / "roster.csv", tmp_path / "out"
    roster.write_text(f"learner,name\nada,Ada L.\nbob,Bob\ncyd,Cyd\ndan,Dan\n{ODD},Odd\n", encoding="utf-8")
    done = grade(class_folder, out, "--roster", roster)
    assert done.returncode == 0, done.stderr
    assert "3 submissions, 2 different ones" in done.stdout
    assert "'cyd/ex3.zip' is damaged" in done.stderr
    assert done.stdout.splitlines()[-1] == f"too alike to be chance: 1 pair; look at {out / 'index.html'}"
    ada, odd, bob = result(out, "ada"), result(out, ODD), result(out, "bob")
    assert (ada["learner"], ada["score"], ada["bonus"], ada["sandbox"]) == ("ada", 100, 10, "bubblewrap")
    assert odd == {**ada, "learner": ODD}
    assert not bob["passed"]
    assert {name: row["ex3_outcome"] for name, row in rows(out).items()} == {
        "ada": "graded", "bob": "graded", "cyd": "refused", "dan": "missing", ODD: "graded"
    }  # fmt: skip
    assert "<b>" not in (out / "index.html").read_text(encoding="utf-8")


def test_results_are_not_overwritten_unasked(class_folder, tmp_path):
    """A folder with results is refused; with --resume nothing is graded twice, and what changed is graded."""
    out = tmp_path / "out"
    assert grade(class_folder, out).returncode == 0
    again = grade(class_folder, out)
    assert again.returncode == 2
    assert "--resume" in again.stderr
    before = result(out, "bob")
    shutil.rmtree(class_folder / "ada")
    hand_in(class_folder, "ada", SUBMISSIONS / "wrong" / "exits_1_always")
    resumed = grade(class_folder, out, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "2 of them graded before" in resumed.stdout
    assert "0 graded in" in resumed.stdout
    assert result(out, "ada") == {**before, "learner": "ada"}


def test_one_exercise_after_the_other(class_folder, tmp_path):
    """What is known of an exercise and of a learner stays when another exercise is graded into the same folder."""
    roster, out = tmp_path / "roster.csv", tmp_path / "out"
    roster.write_text("learner,name,id\nada,Ada L.,7\nbob,Bob,8\ncyd,Cyd,9\ndan,Dan,10\n", encoding="utf-8")
    (class_folder / "bob" / "ex3.zip").write_text("no zip")
    first = grade(class_folder, out, "--only", "ex3", "--roster", roster, "--due", "2001-01-01")
    assert first.returncode == 0, first.stderr
    before = rows(out)
    alike = json.loads((out / "similarity.json").read_text())
    assert [(pair["exercise"], pair["score"]) for pair in alike] == [("ex3_grpc_echo", 1.0)]
    assert [before[name]["ex3_late"] for name in ("ada", "cyd")] == ["yes", "no"]
    (class_folder / "bob" / "ex2.zip").write_text("no zip")
    second = grade(class_folder, out, "--only", "ex2", "--resume")
    assert second.returncode == 0, second.stderr
    after = rows(out)
    assert after["bob"]["ex2_outcome"] == "refused"
    assert {name: told_of(row, "ex3") for name, row in after.items()} == {
        name: told_of(row, "ex3") for name, row in before.items()
    }
    assert json.loads((out / "similarity.json").read_text()) == alike
    assert ("too alike" in first.stdout, "too alike" in second.stdout) == (True, False)
    assert after["dan"]["name"] == "Dan"
    note = "'bob' handed in ex3_grpc_echo more than once; 'bob/ex3_grpc_echo' is taken, not 'bob/ex3.zip'"
    assert (note in first.stderr, note in second.stderr) == (True, False)
    page = Page((out / "index.html").read_text(encoding="utf-8"))
    assert f"2 notes on what was found in the folder of the class {note}" in page.text
    assert "1 pair of Exercise 3" in page.text
    assert ClassFile.load(out).learners["ada"] == Person("Ada L.", "7")


def test_what_is_gone_or_changed_is_told(class_folder, tmp_path):
    """Results of work that is no longer there are kept and told; so are scores by hand that were for other work."""
    out = tmp_path / "the results"
    assert grade(class_folder, out, "--only", "ex3", "--due", "2001-01-01").returncode == 0
    store = Store(out / "review.sqlite")
    for learner in ("ada", "bob"):
        store.record("Ada", 0, [Wish(Target(Kind.SCORE, "ex3_grpc_echo", learner), "so I say", 8)])
    shutil.rmtree(class_folder / "bob")
    (class_folder / "ada").rename(class_folder / "alicia")
    hand_in(class_folder, "ada", SUBMISSIONS / "wrong" / "never_started", "ex3_grpc_echo")
    again = grade(class_folder, out, "--only", "ex3", "--resume")
    assert again.returncode == 0, again.stderr
    gone, outdated = (line for line in again.stderr.splitlines() if line.startswith("note: "))
    assert "results that are kept: 'bob' (ex3_grpc_echo);" in gone
    assert f"rm {shlex.quote(str(result_path(out, 'bob', 'ex3_grpc_echo')))}, and" in gone
    assert "other work lies there than when the score was set by hand: 'ada' (ex3_grpc_echo);" in outdated
    told = {name: (row["ex3_outcome"], row["ex3_late"]) for name, row in rows(out).items()}
    assert told["alicia"] == ("graded", "yes")
    assert (told["ada"], told["bob"]) == (("by hand", "yes"), ("by hand", "no"))


def test_much_that_is_odd_is_told_in_short(class_folder, tmp_path):
    """What cannot be graded, or was left out, is told of twenty; all of it stands on the pages."""
    out = tmp_path / "out"
    for number in range(25):
        (class_folder / f"odd{number:02}" / "ex3").mkdir(parents=True)
        (class_folder / f"odd{number:02}" / "ex3.zip").write_text("no zip")
        (class_folder / f"bad{number:02}").mkdir()
        (class_folder / f"bad{number:02}" / "ex3.zip").write_text("no zip")
    done = grade(class_folder, out, "--only", "ex3")
    assert done.returncode == 0, done.stderr
    told = [line.partition(": ")[0] for line in done.stderr.splitlines()]
    assert (told.count("note"), told.count("not graded")) == (21, 21)
    assert f"note: 5 more of these; look at {out / 'index.html'}\n" in done.stderr
    page = (out / "index.html").read_text(encoding="utf-8")
    assert all(f"odd{number:02}/ex3.zip" in page for number in range(25))


def test_a_day_ends_late(class_folder, tmp_path):
    """A date alone is the end of that day; and grading again without one takes nothing back."""
    handed_in = time.mktime((2026, 1, 31, 23, 59, 0, 0, 0, -1))
    for file in (class_folder / "ada" / "ex3").iterdir():
        os.utime(file, (handed_in, handed_in))
    out = tmp_path / "out"
    for due, late in (("2026-01-31", "no"), ("2026-01-31 23:58", "yes"), (None, "yes"), ("2026-02-01", "no")):
        resume = ["--resume"] if out.exists() else []
        assert grade(class_folder, out, *resume, *(["--due", due] if due else [])).returncode == 0
        assert rows(out)["ada"]["ex3_late"] == late


@pytest.mark.parametrize("option", [("--jobs", "2"), ("--sandbox", "off")])
def test_a_farm_takes_no_settings_of_workers(class_folder, tmp_path, option):
    """What would not be heeded is refused, with where to say it."""
    command = [
        FOODCOURT,
        "grade",
        class_folder,
        "--out",
        tmp_path / "out",
        "--farm",
        "redis://127.0.0.1:1/0",
        *option,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "try: foodcourt worker --farm redis://127.0.0.1:1/0 --help" in done.stderr


def test_a_new_class_list_says_who_is_in_the_class(tmp_path):
    """Who left the class is gone from it, unless they have work that was not looked for; who stays keeps a name."""
    folder, out = tmp_path / "class", tmp_path / "out"
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("learner,name\nada,Ada\nbob,Bob\ncyd,Cyd\n", encoding="utf-8")
    new.write_text("learner\nada\ndan\n", encoding="utf-8")
    (folder / "bob").mkdir(parents=True)
    (folder / "bob" / "ex3.zip").write_text("no zip")
    assert grade(folder, out, "--only", "ex3", "--roster", old).returncode == 0
    shutil.rmtree(folder / "bob")
    assert grade(folder, out, "--only", "ex2", "--roster", new, "--resume").returncode == 0
    assert {name: one.name for name, one in ClassFile.load(out).learners.items()} == {
        "ada": "Ada", "bob": "Bob", "dan": ""
    }  # fmt: skip


def test_scores_by_hand_stay(tmp_path):
    """What was set in the review counts in all that is written when something late is graded."""
    folder, out = tmp_path / "class", tmp_path / "out"
    for learner in ("cyd", "dan"):
        (folder / learner).mkdir(parents=True)
        (folder / learner / "ex3.zip").write_text("no zip")
        done = grade(folder, out, "--resume")
        assert done.returncode == 0, done.stderr
        if learner == "cyd":
            score = Wish(Target(Kind.SCORE, "ex3_grpc_echo", learner), "shown in person", 83)
            Store(out / "review.sqlite").record("Ada", 0, [score])
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["learner"]: row for row in csv.DictReader(file)}
    assert [(row["ex3_score"], row["ex3_outcome"]) for row in rows.values()] == [("83", "by hand"), ("", "refused")]
    for name in ("canvas.csv", "moodle.csv"):
        [line] = [line for line in (out / "exports" / name).read_text("utf-8-sig").splitlines() if "cyd" in line]
        assert "83" in line
    told = json.loads(next(out.glob("exports/gradescope/cyd*/ex3_grpc_echo.json")).read_text())
    assert told["score"] == 83
    assert "83" in (out / "index.html").read_text(encoding="utf-8")


def test_what_was_handed_back_is_written_anew(tmp_path):
    """Feedback pages that were exported are of the new grading; where there are none, none are made."""
    (tmp_path / "class" / "cyd").mkdir(parents=True)
    (tmp_path / "class" / "cyd" / "ex3.zip").write_text("no zip")
    out = tmp_path / "out"
    assert grade(tmp_path / "class", out).returncode == 0
    assert not (out / "feedback").exists()
    with exporting(out):
        export_class(out, Snapshot(ClassResults.load(out, WORKBOOK), Marks.load(out)))
    [page] = (out / "feedback").iterdir()
    assert "ex4.zip" not in page.read_text(encoding="utf-8")
    (tmp_path / "class" / "cyd" / "ex4.zip").write_text("no zip")
    assert grade(tmp_path / "class", out, "--resume").returncode == 0
    assert "ex4.zip" in page.read_text(encoding="utf-8")


def test_one_at_a_time_writes(tmp_path):
    """While somebody exports the class, what is graded is not written over it; and then it is."""
    (tmp_path / "class" / "cyd").mkdir(parents=True)
    (tmp_path / "class" / "cyd" / "ex3.zip").write_text("no zip")
    out = tmp_path / "out"
    out.mkdir()
    command = [FOODCOURT, "grade", tmp_path / "class", "--out", out]
    with exporting(out):
        grader = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        waits = re.compile(rf"-> FLOCK .* {grader.pid} ")
        try:
            until(lambda: waits.search(Path("/proc/locks").read_text()), what="waiting", within=60)
            assert not (out / "similarity.json").exists()
            assert not (out / "grades.csv").exists()
        except BaseException:
            grader.kill()
            grader.wait()
            raise
    assert grader.wait(60) == 0
    assert (out / "similarity.json").read_text() == "[]\n"
    assert (out / "grades.csv").exists()


def test_resuming_begins_with_other_work(tmp_path):
    """Work that takes longer than the grader ever lives does not stop the rest: each resumption has another order."""
    for number in range(6):
        for exercise, slug in (("ex1", "ex1_two_services"), ("ex3", "ex3_grpc_echo")):
            hand_in(tmp_path / "class", f"learner{number}", ROOT / "solutions" / slug, exercise)
            (tmp_path / "class" / f"learner{number}" / exercise / "NOTES.txt").write_text(str(number))
    classroom = find_submissions(tmp_path / "class", exercises(WORKBOOK), work=tmp_path / "work")
    plans = [plan(classroom, tmp_path / "out", resume=True).todo for _ in range(20)]
    orders = [tuple(task.digest for task in tasks) for tasks in plans]
    assert len(orders[0]) == 12
    assert len({tuple(sorted(order)) for order in orders}) == 1
    assert len(set(orders)) > 2
    assert {tasks[0].exercise.number for tasks in plans} == {1, 3}
    assert all(len(list(groupby(task.exercise.number for task in tasks))) == 2 for tasks in plans)


def test_a_killed_grader_loses_what_it_was_grading_and_no_more(class_folder, tmp_path):
    """kill -9 in the middle, then --resume: what was finished is not graded again, and nothing is missing."""
    out = tmp_path / "out"
    command = [FOODCOURT, "grade", class_folder, "--out", out, "--jobs", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as grader:
        until(lambda: list(out.glob("graded/*/*.json")), what="the first report", within=60)
        grader.kill()
    kept = {path: path.stat().st_mtime_ns for path in out.glob("graded/*/*.json")}
    resumed = grade(class_folder, out, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert [result(out, learner)["score"] == 100 for learner in ("ada", "bob", ODD)] == [True, False, True]


def test_an_old_verdict_is_not_shown_for_new_work(class_folder, tmp_path):
    """Work that was handed in again waits, whatever ends its grading; the verdicts on other work stay."""
    out = tmp_path / "out"
    assert grade(class_folder, out).returncode == 0
    (class_folder / "ada" / "ex3" / "NOTES.txt").write_text("better")
    known = (out / "class.json").stat().st_ino
    command = [FOODCOURT, "grade", class_folder, "--out", out, "--jobs", "1", "--resume"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as grader:
        until(lambda: (out / "class.json").stat().st_ino != known, what="the new class", within=60)
        grader.kill()
    results = ClassResults.load(out, WORKBOOK)
    standings = [results.standing(learner, "ex3_grpc_echo") for learner in ("ada", ODD, "bob", "cyd")]
    assert standings == [Standing.WAITING, Standing.GRADED, Standing.GRADED, Standing.REFUSED]


def test_two_graders_never_share_a_folder(class_folder, tmp_path):
    """Who comes second is refused before anything is touched; who is killed lets go at once."""
    out = tmp_path / "out"
    shutil.make_archive(class_folder / "dan" / "ex3", "zip", SUBMISSIONS / "wrong" / "exits_1_always")
    unpacked = out / "unpacked" / "dan" / "ex3_grpc_echo"
    command = [FOODCOURT, "grade", class_folder, "--out", out, "--jobs", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        try:
            until((out / "class.json").exists, what="a class that is being graded", within=60)
            first.send_signal(signal.SIGSTOP)
            before = unpacked.stat().st_ctime_ns
            second = grade(class_folder, out, "--resume")
        finally:
            first.kill()
    assert second.returncode == 2
    assert f"another foodcourt grade is at work in {out}\n" in second.stderr
    assert unpacked.stat().st_ctime_ns == before
    assert grade(class_folder, out, "--resume").returncode == 0
    before = unpacked.stat().st_ctime_ns
    assert grade(class_folder, out).returncode == 2
    assert unpacked.stat().st_ctime_ns == before


def test_an_interrupt_ends_it_at_once(class_folder, tmp_path):
    """Ctrl-C ends everything, and says how to go on."""
    out = tmp_path / "out"
    command = [FOODCOURT, "grade", class_folder, "--out", out, "--jobs", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as grader:
        assert "submissions" in grader.stdout.readline()
        grader.send_signal(signal.SIGINT)
        _, told = grader.communicate(timeout=20)
    assert grader.returncode not in {0, 1}
    assert "--resume" in told
    assert "Traceback" not in told


def test_without_a_sandbox_nothing_is_graded(class_folder, tmp_path):
    """Other people's work runs in a sandbox or not at all, unless the instructor says so."""
    commands = tmp_path / "bin"
    commands.mkdir()
    env = {**os.environ, "PATH": str(commands)}
    refused = grade(class_folder, tmp_path / "out", env=env)
    assert refused.returncode == 2
    assert "bubblewrap is not installed" in refused.stderr
    assert not list((tmp_path / "out").glob("graded/*/*.json"))
    trusted = grade(class_folder, tmp_path / "trusted", "--sandbox", "off", env=env)
    assert trusted.returncode == 0, trusted.stderr
    assert result(tmp_path / "trusted", "ada")["sandbox"] == "off"


def test_a_grader_that_breaks_costs_one_submission(class_folder, tmp_path):
    """What ends in an error of ours gets a report that says so, is graded again on resume, and the rest goes on."""
    out = tmp_path / "out"
    classroom = find_submissions(class_folder, exercises(WORKBOOK), work=tmp_path / "work")
    what = plan(classroom, out, resume=False)
    (first, second) = what.todo
    shutil.rmtree(first.folder)  # between the look and the grading
    came = {}
    grade_class(
        what,
        class_folder,
        out,
        lambda tasks: grade_locally(tasks, jobs=2, sandbox="required"),
        lambda task, report: came.update({task.digest: report}),
    )
    assert came[first.digest].broken
    assert not came[second.digest].broken
    finished = FinishedWork(out)
    assert finished.find(first) is None
    assert finished.find(second) is not None


@pytest.mark.parametrize("swapped", [False, True])
def test_work_that_changes_before_its_turn_is_graded_another_time(tmp_path, swapped):
    """Saved anew, or swapped for a link to another's, once the class was looked through: nobody gets that verdict."""
    folder, out = tmp_path / "class", tmp_path / "out"
    hand_in(folder, "ada", SUBMISSIONS / "wrong" / "exits_1_always")
    hand_in(folder, "bob", SUBMISSIONS / "wrong" / "exits_1_always")
    hand_in(folder, "cyd", ROOT / "solutions" / "ex3_grpc_echo")
    what = plan(find_submissions(folder, exercises(WORKBOOK), work=tmp_path / "work"), out, resume=False)
    work = folder / "ada" / "ex3"
    shutil.rmtree(work)
    if swapped:
        work.symlink_to(folder / "cyd" / "ex3")
    else:
        hand_in(folder, "ada", ROOT / "solutions" / "ex3_grpc_echo")
        (work / "NOTES.txt").write_text("better")
    came = {}
    grade_class(
        what,
        folder,
        out,
        lambda tasks: grade_locally(tasks, jobs=2, sandbox="required"),
        lambda task, report: came.update({task.learners: report}),
    )
    assert {learners: report.broken for learners, report in came.items()} == {("ada", "bob"): True, ("cyd",): False}
    assert "they have changed since" in came["ada", "bob"].checks[0].message
    with pytest.raises(GraderError, match="they have changed since"):
        pack(next(task for task in what.todo if "ada" in task.learners), "run", Secret(b"s" * 64))
    again = plan(find_submissions(folder, exercises(WORKBOOK), work=tmp_path / "work"), out, resume=True)
    assert sorted(task.learners for task in again.todo) == ([("bob",)] if swapped else [("ada",), ("bob",)])


def test_a_grader_that_breaks_in_a_way_we_have_no_words_for_costs_one_submission(class_folder, tmp_path):
    """Whatever ends the grading of one, its report says so, and nobody waits for it for ever."""
    classroom = find_submissions(class_folder, exercises(WORKBOOK), work=tmp_path / "work")
    first, second = tasks_of(classroom.entries)
    no_path = replace(first, folder=None)
    came = queue.SimpleQueue()

    def grade_both():
        for _, report in grade_locally([no_path, second], jobs=1, sandbox="required"):
            came.put(report)

    threading.Thread(target=grade_both, daemon=True).start()
    broken = came.get(timeout=20)
    assert "this is not your fault: AttributeError(" in broken.checks[0].message
    assert broken.broken
    assert not came.get(timeout=60).broken


def test_results_that_cannot_be_written_are_told(class_folder, tmp_path):
    """A file in the way of the results ends it with a message that names it, and what to do; no traceback of ours."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "graded").write_text("no folder")
    done = grade(class_folder, out)
    assert done.returncode == 2
    assert "cannot write the results" in done.stderr
    assert f"{out / 'graded'}" in done.stderr
    assert "--resume" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mistake_in_the_command_is_answered_with_one_that_grades(class_folder, tmp_path):
    """An exercise that there is not, and a file in the place of the class, are told as what they are."""
    done = grade(class_folder, tmp_path / "out", "--only", "ex9")
    assert done.returncode == 2
    assert f"try: foodcourt grade {class_folder} --out {tmp_path / 'out'} --only ex1" in done.stderr
    file = tmp_path / "class.csv"
    file.write_text("learner,name\n")
    done = grade(file, tmp_path / "out")
    assert done.returncode == 2
    assert f"{file} is a file; expected the folder" in done.stderr


def test_a_damaged_class_is_no_fault_of_the_grader(class_folder, tmp_path):
    """A damaged file of results is told with what to do; nobody's program is said to have broken."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "class.json").write_text("{")
    for done in (
        grade(class_folder, out),
        subprocess.run([FOODCOURT, "review", out, "--no-browser"], capture_output=True, text=True, timeout=60),
    ):
        assert done.returncode == 2
        assert done.stderr.startswith(f"foodcourt: cannot use {out / 'class.json'}: ")
        assert "next: rm " in done.stderr
        assert "broke" not in done.stderr


def test_the_same_content_is_one_task(class_folder, tmp_path):
    """Learners who handed in the same files share one task, whatever they are called."""
    classroom = find_submissions(class_folder, exercises(WORKBOOK), work=tmp_path / "work")
    assert sorted(task.learners for task in tasks_of(classroom.entries)) == [(ODD, "ada"), ("bob",)]
