"""`foodcourt check`, the real command."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import jsonschema
import pytest
from leaks import until

from foodcourt.grading.verdicts import Outcome, Report, Verdict, evidence_from
from foodcourt.reports.html import to_html
from foodcourt.reports.json_report import schema

ROOT = Path(__file__).resolve().parents[2]
FOODCOURT = Path(sys.executable).with_name("foodcourt")
SLUG = "ex1_two_services"
SOLUTION = ROOT / "solutions" / SLUG
STARTER = ROOT / "exercises" / SLUG
HEALTH = 'async def health():\n    return {"status": "ok"}'
CHECKS = 15

pytestmark = pytest.mark.usefixtures("no_process_left")


def check(*arguments, **options):
    """Run `foodcourt check` and give what became of it."""
    return subprocess.run(
        [FOODCOURT, "check", *map(str, arguments)], capture_output=True, text=True, **{"cwd": ROOT, **options}
    )


def graded(folder, *arguments):
    """Grade a folder; give the exit status and the report, which has to be one."""
    done = check("ex1", "--submission", folder, "--json", "-", *arguments)
    report = json.loads(done.stdout)
    jsonschema.validate(report, schema())
    assert "Traceback (most recent call last):" not in done.stderr
    return done, report


def outcomes(report, outcome):
    return [found["id"] for found in report["checks"] if found["outcome"] == outcome]


def message(report, id_):
    return next(found["message"] for found in report["checks"] if found["id"] == id_)


def files(folder):
    return {path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in folder.rglob("*")}


@pytest.fixture
def work(tmp_path):
    """A copy of the solution to spoil."""
    return Path(shutil.copytree(SOLUTION, tmp_path / "work", ignore=shutil.ignore_patterns("__pycache__")))


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_solution_passes(work, tmp_path):
    """Exit status 0, 100 + 10 points, a report in a file, and not a trace in the folder that was graded."""
    before = files(work)
    target = tmp_path / "report.json"
    done = check("ex1", "--submission", work, "--json", target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert len(re.findall(r"^✓ passed ", done.stdout, re.MULTILINE)) == CHECKS
    assert "\npassed: 100 of 100 points + 10 of 10 bonus (15 passed) in " in done.stdout
    assert done.stdout.endswith("\nwell done\n")
    assert files(work) == before
    report = json.loads(target.read_text())
    jsonschema.validate(report, schema())
    assert (report["passed"], report["score"], report["bonus"]) == (True, 100, 10)


@pytest.mark.parametrize(("name", "hints"), [("1", 1), ("ex1", 2), (SLUG, 3)])
def test_the_starter_fails_and_hints_tell_more_and_more(name, hints):
    """Exit status 1, the first thing to do, and as many hints as were asked for; any name of the exercise will do."""
    done = check(name, "--hints", hints, "--submission", STARTER)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "start with TODO 1 in users_service.py" in " ".join(done.stdout.split())
    assert "not passed yet: 0 of 100 points" in done.stdout
    last = done.stdout.splitlines()[-1]
    assert last.startswith("begin with users.health")
    assert last.endswith(f"foodcourt check ex1 --hints {hints + 1}") == (hints < 3)
    nudges = (
        "Start the service by hand and ask it",
        'A route is a function with @app.get("/health")',
        '@app.get("/health")\n',
    )
    shown = re.sub(r" +\n", "\n", done.stdout)
    assert [nudge in shown for nudge in nudges] == [hints >= 1, hints >= 2, hints >= 3]


def test_without_hints_none_is_shown_and_the_exercise_is_the_default():
    """No hint is given unless it is asked for; what is graded is the exercise's own folder; stdout is JSON alone."""
    before = files(STARTER)
    done = check("ex1", "--json", "-")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    jsonschema.validate(report, schema())
    assert {found["hint"] for found in report["checks"]} == {""}
    assert "begin with users.health" in done.stderr
    assert files(STARTER) == before


def test_json_goes_after_what_stands_in_the_file_already(tmp_path):
    """With stdout sent to a file, the report is added to what others wrote there."""
    with (tmp_path / "log").open("w+") as log:
        log.write("earlier\n")
        log.flush()
        subprocess.run([FOODCOURT, "check", "ex1", "--json", "-"], stdout=log, stderr=subprocess.DEVNULL, cwd=ROOT)
        log.seek(0)
        assert log.readline() == "earlier\n"
        assert json.loads(log.read())["exercise"] == SLUG


def nothing(folder):
    pass


@pytest.mark.parametrize(
    ("make", "arguments", "says", "command"),
    [
        (nothing, ["ex9"], "there is no exercise 'ex9'", "foodcourt check ex1"),
        (nothing, ["ex1_two_servics"], "ex1  ex1_two_services", "foodcourt check ex1"),
        (nothing, [], "Missing argument 'EX'", "foodcourt check --help"),
        (nothing, ["ex1", "--submission", "missing"], "there is no folder missing", "--submission DIR"),
        (nothing, ["ex1", "--submission", "."], "is empty", "cp -r"),
        (lambda here: (here / "x.py").touch(), ["ex1", "--submission", "."], "holds none of", "--submission DIR"),
        (lambda here: (here / "x.py").touch(), ["ex1", "--submission", "x.py"], "is a file", "--submission ."),
        (nothing, ["ex1", "--json", "no/such/folder.json"], "cannot write the report", "--json -"),
        (nothing, ["ex1", "--json", "."], "cannot write the report to .: Is a directory", "--json -"),
        (nothing, ["ex1", "--hints", "4"], "4 is not in the range", "foodcourt check --help"),
        (nothing, ["ex1", "--hints", "many"], "'many' is not a valid integer", "foodcourt check --help"),
        (nothing, ["ex1", "--nope"], "No such option", "foodcourt check --help"),
    ],
)
def test_a_mistake_in_the_command_is_told_with_the_next_command(tmp_path, make, arguments, says, command):
    """Exit status 2, what is wrong, what to type next, and no traceback."""
    make(tmp_path)
    done = check(*arguments, cwd=tmp_path, env={**os.environ, "FOODCOURT_HOME": str(ROOT)})
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert command in (done.stderr if done.stderr.startswith("Usage:") else done.stderr.splitlines()[-1])
    assert "Traceback" not in done.stderr


class Watching:
    """`foodcourt check --watch` as it runs, with its output as it comes."""

    def __init__(self, *arguments):
        self.popen = subprocess.Popen(
            [FOODCOURT, "check", "ex1", "--watch", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        )
        self.text = ""
        self.read = 0
        self._reader = threading.Thread(target=self._collect)
        self._reader.start()

    def _collect(self):
        for line in self.popen.stdout:
            self.text += line

    def round(self):
        """Wait until the next verdict is whole, and give its text."""
        until(lambda: "\nwatching " in self.text[self.read :], within=30, what="a verdict")
        text = self.text[self.read :]
        self.read += len(text)
        return text

    def end(self):
        """Press Ctrl-C, as a terminal sends it to the whole process group; give the exit status."""
        os.killpg(self.popen.pid, signal.SIGINT)
        return self.popen.wait(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.popen.kill()
        self.popen.wait()
        self._reader.join()
        self.popen.stdout.close()


def first_check(text):
    return re.search(r"^[✓✗–] \w+ +(\S+)", text, re.MULTILINE)[1]


def test_watch_grades_again_when_a_file_is_saved(work):
    """A save brings a new verdict, what failed comes first, and Ctrl-C ends it with nothing left."""
    report = work / "report.json"  # in the folder that is watched: writing it is no save
    change(work / "users_service.py", HEALTH, HEALTH.replace("ok", "fine"))
    with Watching("--submission", work, "--json", report) as watching:
        text = watching.round()
        assert first_check(text) == "users.health"
        assert "95 of 100 points + 10 of 10 bonus (14 passed, 1 failed)" in text

        change(work / "users_service.py", '"fine"', '"ok"')
        change(work / "orders_service.py", "503", "500")
        text = watching.round()
        assert "changed\n" in text
        assert first_check(text) == "users.health"
        assert "90 of 100 points + 10 of 10 bonus (14 passed, 1 failed)" in text

        change(work / "orders_service.py", "500", "503")
        text = watching.round()
        ran = re.findall(r"^[✓✗–] \w+ +(\S+)", text, re.MULTILINE)
        assert ran[:3] == ["orders.create", "orders.get", "orders.unreachable"]  # it, with what it needs
        assert len(ran) == len(set(ran)) == CHECKS
        assert "passed: 100 of 100 points" in text
        assert json.loads(report.read_text())["score"] == 100

        for name in ("users_service.py", "orders_service.py", "report.json"):
            (work / name).rename(work.parent / name)
        assert "is empty" in watching.round()
        (work.parent / "users_service.py").rename(work / "users_service.py")
        assert "20 of 100 points" in watching.round()
        assert watching.end() == 130
    assert watching.text.endswith("stopped\n")
    assert "Traceback" not in watching.text


def test_a_save_while_it_grades_is_not_missed(work):
    """What is saved before the first verdict is there is graded next."""
    change(work / "users_service.py", HEALTH, HEALTH.replace("ok", "fine"))
    with Watching("--submission", work) as watching:
        until(lambda: "users.unknown" in watching.text, within=30, what="the first verdicts")
        assert "watching " not in watching.text
        change(work / "users_service.py", '"fine"', '"ok"')
        assert "95 of 100 points" in watching.round()
        assert "100 of 100 points" in watching.round()
        assert watching.end() == 130


HOSTILE = "\\x1b[2J\\x1b]0;title\\x07 [red]x[/red] <script>alert(1)</script> \\u202e \\ud800"


def test_what_a_submission_says_is_shown_harmlessly(work):
    """Escapes and markup in answers and output appear as text on a terminal, in the HTML and in the JSON."""
    change(
        work / "users_service.py",
        HEALTH,
        f'async def health():\n    print("{HOSTILE[:-7]}", flush=True)\n'
        "    import json\n    from fastapi import Response\n"
        f'    return Response(json.dumps({{"status": "{HOSTILE}"}}), media_type="application/json")',
    )
    done, report = graded(work)
    assert done.returncode == 1
    assert outcomes(report, "failed") == ["users.health"]
    for text in (done.stderr, to_html(parsed(report))):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "[red]x[/red] <script>alert(1)</script>" in " ".join(done.stderr.split())
    assert "<script" not in to_html(parsed(report))
    evidence = next(found["evidence"] for found in report["checks"] if found["id"] == "users.health")
    printed = next(piece["text"] for piece in evidence if piece["kind"] == "log")
    assert "\x1b[2J" in printed  # as data, whole


def parsed(report):
    """Make a report of its JSON."""
    checks = [
        Verdict(**{**found, "outcome": Outcome(found["outcome"]), "evidence": evidence_from(found["evidence"])})
        for found in report["checks"]
    ]
    moment = datetime.fromisoformat(report["started_at"])
    return Report(
        report["exercise"], report["learner"], report["sandbox"], moment, report["duration_s"], tuple(checks)
    )


def test_a_handler_that_ends_its_process_fails_where_it_is_asked(work):
    """os._exit(0) in a handler is a failed check that says so; the service is started again for the others."""
    change(
        work / "users_service.py",
        "    if uid not in USERS:",
        "    __import__('os')._exit(0)\n    if uid not in USERS:",
    )
    done, report = graded(work)
    assert done.returncode == 1
    assert outcomes(report, "failed") == ["users.get"]
    assert outcomes(report, "skipped") == ["users.unknown", "users.invalid"]
    assert message(report, "users.get").startswith("users-service ended with exit status 0 at GET /users/1")
    assert report["score"] == 85


@pytest.mark.parametrize("end", ["__import__('os')._exit(0)", "raise SystemExit", "input()"])
def test_an_import_that_ends_the_process_fails(work, end):
    """A module that ends the process at import, or asks for input, is told with what it did; the other is judged."""
    path = work / "users_service.py"
    path.write_text(f"{end}\n{path.read_text()}")
    done, report = graded(work)
    assert done.returncode == 1
    assert outcomes(report, "failed") == ["users.health"]
    assert outcomes(report, "error") == []
    assert "users-service does not start" in message(report, "users.health")
    assert report["score"] == 80


def test_an_import_that_never_ends_fails_in_time(work):
    """A module that loops for ever when it is imported is given up after its time; the other service is judged."""
    path = work / "users_service.py"
    path.write_text(f"while True:\n    pass\n{path.read_text()}")
    done, report = graded(work)
    assert done.returncode == 1
    assert outcomes(report, "failed") == ["users.health"]
    assert outcomes(report, "error") == []
    assert "nothing answered on its port" in message(report, "users.health")
    assert "blocks while it is imported" in message(report, "users.health")
    assert report["score"] == 80
    assert report["duration_s"] < 25


FORGED = """
import glob, json, os, sys
verdict = {{"id": "users.health", "outcome": "passed", "message": "", "evidence": [], "duration_s": 0.1}}
for line in ("PASSED", "15 passed in 0.1s", json.dumps(verdict), json.dumps({{"passed": True, "score": 100}})):
    print(line, flush=True)
    print(line, file=sys.stderr, flush=True)
for name in os.listdir("/proc/self/fd"):
    if int(name) > 2:
        try:
            os.write(int(name), json.dumps(verdict).encode() + b"\\n")
        except OSError:
            pass
for name in ("report.json", "result.json", "../pytest.log"):
    try:
        open(name, "w").write(json.dumps(verdict))
    except OSError:
        pass
"""


def test_forged_results_are_only_output(tmp_path):
    """Lines that look like verdicts, printed or written to whatever is open, earn nothing; nor do files."""
    work = Path(shutil.copytree(STARTER, tmp_path / "work"))
    for path in work.glob("*.py"):
        path.write_text(FORGED.format() + path.read_text())
    done, report = graded(work)
    assert done.returncode == 1
    assert (report["passed"], report["score"], report["bonus"]) == (False, 0, 0)
    assert outcomes(report, "passed") == outcomes(report, "error") == []


def test_files_that_configure_pytest_or_python_change_nothing(work):
    """conftest.py, pytest.ini, sitecustomize.py and the like in a right submission leave it right."""
    (work / "conftest.py").write_text("raise RuntimeError('conftest')\n")
    (work / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (work / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--no-such-option'\n")
    (work / "check_0.py").write_text("raise RuntimeError('check')\n")
    for name in ("sitecustomize.py", "usercustomize.py", "pytest.py", "foodcourt.py", "stage.py"):
        (work / name).write_text("import os\nos._exit(0)\n")
    done, report = graded(work)
    assert done.returncode == 0, done.stderr
    assert (report["score"], report["bonus"]) == (100, 10)


def test_a_module_that_shadows_a_library_is_the_learners(work):
    """httpx.py beside the services is what they import, as by hand: its traceback is told, the grader goes on."""
    (work / "httpx.py").write_text("raise RuntimeError('shadowed')\n")
    done, report = graded(work)
    assert done.returncode == 1
    assert outcomes(report, "failed") == ["orders.health"]
    assert message(report, "orders.health").endswith(
        "  httpx.py:1 in <module>\n    raise RuntimeError('shadowed')\nRuntimeError: shadowed"
    )
    assert report["score"] == 20


@pytest.fixture
def broken(tmp_path):
    """A workbook with a checker to break; gives its folder, and what `foodcourt check` says there of the solution."""
    for name in ("exercises", "solutions", "checkers"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()

    def run():
        environment = {**os.environ, "FOODCOURT_HOME": str(tmp_path)}
        return check("ex1", "--submission", SOLUTION, "--json", "-", env=environment)

    return tmp_path / "checkers" / SLUG, run


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("check_1_users.py", "    users_service.get(f", "    users_service.gte(f", "gte"),
        ("stage.py", "def unknown_id() -> int:\n", "def unknown_id() -> int:\n    __import__('os')._exit(0)\n", ""),
        ("conftest.py", "import pytest\n", "import pytest\nimport nowhere\n", "nowhere"),
    ],
    ids=["raises", "ends", "cannot be imported"],
)
def test_a_checker_that_breaks_is_not_the_learners_fault(broken, file, old, new, says):
    """Whether it raises, ends or cannot be imported: outcome `error`, exit status 2, and whose fault it is."""
    folder, run = broken
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    done = run()
    assert done.returncode == 2, done.stderr
    report = json.loads(done.stdout)
    jsonschema.validate(report, schema())
    assert outcomes(report, "failed") == []
    errors = outcomes(report, "error")
    assert errors
    assert not report["passed"]
    for id_ in errors:
        assert message(report, id_).startswith("the grader broke, this is not your fault: ")
    assert says in message(report, errors[0])
    assert done.stderr.splitlines()[-1].startswith("this is our fault, not yours")


def test_a_checker_that_cannot_be_read_is_not_the_learners_fault(broken):
    """A checker whose markers are wrong is told before anything runs, with exit status 2."""
    folder, run = broken
    (folder / "hints.toml").write_text("")
    done = run()
    assert done.returncode == 2
    assert done.stdout == ""
    assert "the grader broke, this is not your fault: " in done.stderr
    assert done.stderr.splitlines()[-1] == "try: foodcourt doctor"


UNFORKED = f"""
import sys
from foodcourt.grading import parents
make = parents.ForkServer
parents.ForkServer = lambda *commands, **more: make(**more)
from foodcourt.cli import main
sys.exit(main(["check", "ex1", "--submission", {str(SOLUTION)!r}]))
"""


def test_it_checks_where_nothing_can_be_forked():
    """As on macOS: pytest, of this Python and no other, and the services are executed, each anew."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": os.environ["HOME"]}
    done = subprocess.run([sys.executable, "-c", UNFORKED], capture_output=True, text=True, cwd=ROOT, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed: 100 of 100 points" in done.stdout
