"""The class as JUnit XML, which CI servers show as a table of tests.

There is no standard; these two schemas are what servers and tools check against, and both hold here:
https://github.com/windyroad/JUnit-Schema/blob/master/JUnit.xsd (Apache Ant's),
https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from xml.etree.ElementTree import Element, SubElement, tostring

from foodcourt.catalog import Exercise
from foodcourt.grading.verdicts import Outcome, Report, Verdict
from foodcourt.reports.cells import one_line
from foodcourt.reports.class_results import ClassResults, Standing
from foodcourt.reports.grades import Override, grade_of, shown
from foodcourt.reports.words import plain

__all__ = ["to_junit_xml"]

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 20_000
"""Characters of a message: a server keeps all of them in memory."""


def to_junit_xml(results: ClassResults, override: Override | None = None) -> Iterator[str]:
    """Write the class as JUnit XML, one test suite for every learner and exercise, and a piece of text for each.

    A check is a test case. One that failed is a failure if it is required; a stretch check that did not pass is
    skipped, as nobody has to pass it. Where the grader broke it is an error. Without a report the suite has one test
    case, `submission`: an error where the work could not be graded, skipped where nothing was handed in or it is not
    graded yet. Score, bonus and whether an instructor gave the score are properties; empty where there are none.

    Characters that XML forbids, and other control characters, are written as their number, such as `\\x00`.
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>'
    for number, pair in enumerate(product(results.learners, results.exercises)):
        yield tostring(_suite(number, results, *pair, override), encoding="unicode")
    yield "</testsuites>\n"


def _suite(
    number: int, results: ClassResults, learner: str, exercise: Exercise, override: Override | None
) -> Element:
    report = results.report(learner, exercise.slug)
    grade = grade_of(results, learner, exercise, override)
    suite = Element("testsuite")
    properties = SubElement(suite, "properties")
    for name, value in (
        ("learner", one_line(learner)),
        ("exercise", exercise.slug),
        ("outcome", grade.outcome),
        ("score", shown(grade.score)),
        ("bonus", shown(grade.bonus)),
        ("sandbox", "" if report is None else one_line(report.sandbox)),
    ):
        SubElement(properties, "property", name=name, value=value)
    classname = f"{exercise.slug}.{_token(learner)}"
    if report is None:
        kinds = [_stand_in(suite, classname, grade.standing, results.problem(learner, exercise.slug))]
    else:
        kinds = [_case(suite, classname, check) for check in report.checks]
    SubElement(suite, "system-out")
    SubElement(suite, "system-err")
    counts = Counter(kinds)
    started = _started(report)
    for key, setting in (
        ("name", f"{_token(learner)}: {exercise.slug}"),
        ("package", exercise.slug),
        ("id", str(number)),
        ("timestamp", started.strftime("%Y-%m-%dT%H:%M:%S")),
        ("hostname", "localhost"),
        ("tests", str(len(kinds))),
        ("failures", str(counts["failure"])),
        ("errors", str(counts["error"])),
        ("skipped", str(counts["skipped"])),
        ("time", f"{0 if report is None else report.duration_s:.3f}"),
    ):
        suite.set(key, setting)
    return suite


def _case(suite: Element, classname: str, check: Verdict) -> str:
    case = SubElement(suite, "testcase", name=_token(check.id), classname=classname, time=f"{check.duration_s:.3f}")
    if check.outcome is Outcome.PASSED:
        return "passed"
    if check.outcome is Outcome.ERROR:
        return _outcome(case, "error", check.message)
    if check.outcome is Outcome.FAILED and check.required:
        return _outcome(case, "failure", check.message)
    return _outcome(case, "skipped", check.message)


def _stand_in(suite: Element, classname: str, standing: Standing, problem: str) -> str:
    case = SubElement(suite, "testcase", name="submission", classname=classname, time="0.000")
    if standing is Standing.MISSING:
        return _outcome(case, "skipped", "nothing was handed in")
    if standing is Standing.WAITING:
        return _outcome(case, "skipped", "it is not graded yet")
    return _outcome(case, "error", problem)


def _outcome(case: Element, kind: str, message: str) -> str:
    text = plain(message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…")
    outcome = SubElement(case, kind, message=one_line(message))
    if kind != "skipped":
        outcome.set("type", kind)
        outcome.text = text
    return kind


def _token(text: str) -> str:
    # The schema's names are tokens: no space at either end, none twice, never empty.
    return " ".join(one_line(text).split()) or "(no name)"


def _started(report: Report | None) -> datetime:
    return _NEVER if report is None else report.started_at
