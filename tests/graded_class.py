"""A small class as `foodcourt grade` leaves it, some of it hostile, without grading anything."""

from datetime import UTC, datetime
from pathlib import Path

from foodcourt.catalog import exercises, find_exercise
from foodcourt.grading.verdicts import Evidence, Outcome, Report, Verdict
from foodcourt.reports.class_file import ClassFile, Entry, Person
from foodcourt.reports.class_results import ClassResults
from foodcourt.reports.json_report import to_json
from foodcourt.reports.result_paths import result_path
from foodcourt.workbook import Workbook

WORKBOOK = Workbook(Path(__file__).resolve().parents[1])
SLUG = "ex1_two_services"
EXERCISE = find_exercise(SLUG, WORKBOOK)
SCRIPT = "<script>alert(1)</script>"
HOSTILE_NAMES = (
    SCRIPT,
    "=cmd()",
    "javascript:alert(1)",
    "\x1b[31mred",
    "half\ud800",
    "nonutf8\udcff",
    '"><img src=x>',
)
HOSTILE_TEXT = f"{SCRIPT} \x1b[2J\x1b]0;title\x07 \u202e &amp; </pre></textarea>'\" {{{{ 7 * 7 }}}} \ud800"


def report(learner, failed=(), message="expected 200, got 500", evidence=()):
    """A report on exercise 1 in which the checks in `failed` failed; all else passed."""
    checks = []
    for spec in EXERCISE.checks:
        wrong = spec.id in failed
        checks.append(
            Verdict(
                id=spec.id,
                title=spec.title,
                required=not spec.stretch,
                points=0 if wrong else spec.points,
                max_points=spec.points,
                outcome=Outcome.FAILED if wrong else Outcome.PASSED,
                message=message if wrong else "",
                hint="look there" if wrong else "",
                evidence=evidence if wrong else (),
            )
        )
    return Report(SLUG, learner, "bubblewrap", datetime(2026, 1, 31, 12, 0, tzinfo=UTC), 2.5, tuple(checks))


class GradedClass:
    """The folder that `grade --out` names; `save` has to be called once everybody is in it."""

    def __init__(self, folder):
        self.out = folder / "out"
        self.submissions = folder / "submissions"
        self.submissions.mkdir(parents=True)
        self.out.mkdir()
        self._entries, self._people = [], {}

    def add(self, learner, report=None, files=None, *, late=False, problem="", called="", folder=None, since=""):
        """Put a learner into the class: their report, the files that they handed in, what the roster says."""
        if files is not None:
            folder = self.submissions / str(len(self._entries)) / SLUG
            folder.mkdir(parents=True)
            for name, data in files.items():
                (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        if report is not None:
            path = result_path(self.out, learner, SLUG)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(to_json(report), encoding="utf-8")
        self._people[learner] = Person(called)
        self._entries.append(Entry(learner, SLUG, folder, late=late, problem=problem, since=since))
        return folder

    def save(self, *notes):
        """Write class.json, with notes on what was handed in, and give the results as they are read from disk."""
        all_notes = {exercise.slug: () for exercise in exercises(WORKBOOK)} | {SLUG: notes}
        ClassFile(self.submissions, self._people, tuple(self._entries), notes=all_notes).save(self.out)
        return ClassResults.load(self.out, WORKBOOK)


def small_class(folder):
    """Ada passed, Grace and Linus failed alike, Barbara was late and failed otherwise, Ken handed nothing in."""
    found = GradedClass(folder)
    logs = (Evidence("log", "what users-service printed", "GET /users/4711 500"),)
    found.add("ada", report("ada"), {"users_service.py": "def ada():\n    return 1\n"}, called="Ada Lovelace")
    for number, learner in enumerate(("grace", "linus")):
        message = f'expected 404 to GET /users/{1000 + number}, got 500 with {{"trace": "{learner}"}}'
        text = f"# by {learner}\nx = 1\ny = 2\n"
        found.add(learner, report(learner, ["users.unknown"], message, logs), {"users_service.py": text})
    found.add("barbara", report("barbara", ["users.unknown", "orders.timeout"]), {"users_service.py": ""}, late=True)
    found.add("ken")
    found.save()
    return found


def hostile_class(folder):
    """Names, messages, evidence, files and problems that want to be more than text."""
    found = GradedClass(folder)
    for name in HOSTILE_NAMES:
        pieces = (Evidence("log", HOSTILE_TEXT, f"{HOSTILE_TEXT}\n{HOSTILE_TEXT}"),)
        # A file's own name and content: Pygments writes markup of its own around them.
        files = {"users_service.py": HOSTILE_TEXT.encode("utf-8", "replace"), "<b>&.py": "x = '</span><script>'\n"}
        found.add(name, report(name, ["users.get"], HOSTILE_TEXT, pieces), files, called=HOSTILE_TEXT)
    found.add("refused", problem=HOSTILE_TEXT)
    found.save(HOSTILE_TEXT)
    return found
