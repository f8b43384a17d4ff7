"""A class with everything in it: a learner who passed, one who handed in nothing, and some who write odd things."""

from datetime import UTC, datetime
from pathlib import Path

from foodcourt.catalog import exercises
from foodcourt.grading.verdicts import Evidence, Outcome, Report, Verdict
from foodcourt.reports.class_file import ClassFile, Entry, Person
from foodcourt.reports.class_results import ClassResults
from foodcourt.workbook import Workbook

WORKBOOK = Workbook(Path(__file__).resolve().parents[2])
EX1, EX2, EX3, EX4 = (exercise.slug for exercise in exercises(WORKBOOK))
HOSTILE = (
    "=cmd()|'/c calc'!A1",
    "<script>alert(1)</script> & ]]> --> <!-- &amp; \"q\" 'q'",
    "\x1b[2J\x07\x9b31m\u202e\ud800\udcff\ufffe\x00",
    "\n::error::pwned\n##[error]pwned\r\n::set-output name=x::y",
    "`` ` | **bold** [x](http://evil) ![i](//evil) @everyone #1 https://evil.example www.evil.example $`x`$",
    "x` <b>bold</b> `z",
    'a;=cmd(),+1\t-1"@x\n=1',
    "..",
    "Points Possible",
    "",
    "x" * 3000,
)


def verdict(id_, outcome=Outcome.PASSED, points=50, required=True, message="expected this, got that", **more):
    """Give the verdict on one check."""
    earned = points if outcome is Outcome.PASSED else 0
    message = "" if outcome is Outcome.PASSED else message
    return Verdict(id_, f"does {id_}", required, earned, points, outcome, message, duration_s=0.25, **more)


def report(learner, slug, *checks):
    """Give a report of those checks."""
    return Report(slug, learner, "bubblewrap", datetime(2026, 1, 31, 12, 0, tzinfo=UTC), 2.3051, checks)


def passed(learner, slug):
    """Give a report on work that is right, bonus and all."""
    return report(learner, slug, verdict("a.one"), verdict("a.two"), verdict("a.bonus", points=10, required=False))


def failed(learner, slug, message="expected this, got that"):
    """Give a report in which one check failed, and others were skipped for it."""
    log = Evidence("log", message, message)
    return report(
        learner,
        slug,
        verdict("a.one"),
        verdict("a.two", Outcome.FAILED, message=message, hint=message, evidence=(log,)),
        verdict("a.bonus", Outcome.SKIPPED, 10, False, "needs a.two, which did not pass"),
    )


def broken(learner, slug, message="the checker broke"):
    """Give a report on which the grader broke, after one check passed."""
    return report(learner, slug, verdict("a.one"), verdict("a.two", Outcome.ERROR, message=message))


def class_of(reports, people=None, entries=(), damaged=None, out=Path("/nowhere")):
    """Give the results of a class without a disk."""
    people = people or {}
    found = {(one.learner, one.exercise): one for one in reports}
    learners = {*people, *(learner for learner, _ in found), *(entry.learner for entry in entries)}
    class_file = ClassFile(Path("/in"), people, tuple(entries))
    return ClassResults(out, exercises(WORKBOOK), tuple(sorted(learners)), class_file, found, damaged or {})


def ordinary():
    """Give a class of three: all right; late, failed, broken, refused and waiting; and nothing at all."""
    return class_of(
        [*(passed("ann", slug) for slug in (EX1, EX2, EX3, EX4)), failed("bob", EX1), broken("bob", EX2)],
        {"ann": Person("Ann Lee", "1007", "ann@uni.example"), "cat": Person("Cat O'Neil, Jr.", "0")},
        [
            Entry("bob", EX1, Path("in/bob"), late=True),
            Entry("bob", EX3, Path("in/bob"), problem="is damaged"),
            Entry("bob", EX4, Path("in/bob")),
        ],
    )


def hostile():
    """Give a class in which every name, message, problem and entry of the class list is hostile."""
    reports = [failed(text, EX1, text) for text in HOSTILE] + [broken(text, EX2, text) for text in HOSTILE]
    people = {text: Person(text, text, text) for text in HOSTILE}
    return class_of(reports, people, [Entry(text, EX3, Path("in"), problem=text) for text in HOSTILE])
