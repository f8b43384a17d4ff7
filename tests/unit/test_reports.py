"""The report in its forms: words, HTML, JSON, terminal."""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from foodcourt.catalog import find_exercise
from foodcourt.grading.verdicts import Evidence, Outcome, Report, Verdict
from foodcourt.reports.html import to_html
from foodcourt.reports.json_report import schema, to_json
from foodcourt.reports.terminal import TerminalReport
from foodcourt.reports.words import headline, next_step, plain, points
from foodcourt.workbook import Workbook

WORKBOOK = Workbook(Path(__file__).resolve().parents[2])
HOSTILE = "\x1b[2J\x07\x9b31m \u202e [bold]x[/bold] <script>alert('x')</script> & \"q\""
TAGS = {"section", "style", "p", "strong", "br", "table", "caption", "thead", "tbody", "tr", "th", "td"}
TAGS |= {"span", "code", "pre", "details", "summary"}


def verdict(id_, outcome=Outcome.PASSED, points=10, required=True, **more):
    message = "" if outcome is Outcome.PASSED else more.pop("message", "expected this, got that")
    earned = points if outcome is Outcome.PASSED else 0
    return Verdict(id_, f"does {id_}", required, earned, points, outcome, message, **more)


def report(*checks):
    moment = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
    return Report("ex1_two_services", None, "off", moment, 2.3051, checks or (verdict("a.one"),))


PASSED = report(verdict("a.one", points=60), verdict("a.two", points=40), verdict("a.bonus", required=False))
NO_BONUS = report(verdict("a.one", points=100), verdict("a.bonus", Outcome.FAILED, required=False))
FAILED = report(
    verdict("a.zero", points=5),
    verdict("a.bonus", Outcome.FAILED, required=False),
    verdict("a.one", Outcome.FAILED, points=35, hint="look there"),
    verdict("a.two", Outcome.SKIPPED, points=60, message="needs a.one, which did not pass"),
)
BROKEN = report(verdict("a.one", points=60), verdict("a.two", Outcome.ERROR, points=40, message="the grader broke"))
HOSTILE_REPORT = report(
    verdict(
        "a.one",
        Outcome.FAILED,
        message=f"expected this, got {HOSTILE}",
        evidence=(Evidence("log", f"what {HOSTILE} printed", f"one\n{HOSTILE}\n\ud800"),),
    )
)


class Elements(HTMLParser):
    """Reads HTML into its elements and texts, and sees that every element is closed."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.texts, self._open = [], [], []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" not in self._open:
            self.texts.append(data)

    def named(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize(
    ("report", "sums"),
    [
        (PASSED, (True, False, 100, 100, 10, 10)),
        (NO_BONUS, (True, False, 100, 100, 0, 10)),
        (FAILED, (False, False, 5, 100, 0, 10)),
        (BROKEN, (False, True, 60, 100, 0, 0)),
    ],
)
def test_required_and_stretch_points_are_told_apart(report, sums):
    """Required checks decide and add to the score, stretch checks only to the bonus."""
    assert (report.passed, report.broken, report.score, report.max_score, report.bonus, report.max_bonus) == sums


def test_the_headline_says_how_it_went():
    """Verdict, points, bonus where there is one, the count of every outcome and the sandbox, in one line."""
    assert headline(PASSED) == "passed: 100 of 100 points + 10 of 10 bonus (3 passed) in 2.3 s, no sandbox"
    assert headline(FAILED) == (
        "not passed yet: 5 of 100 points + 0 of 10 bonus (1 passed, 2 failed, 1 skipped) in 2.3 s, no sandbox"
    )
    assert headline(replace(PASSED, sandbox="bubblewrap")).endswith(" in 2.3 s, sandbox: bubblewrap")
    assert headline(BROKEN) == "the grader broke: 60 of 100 points (1 passed, 1 error) in 2.3 s, no sandbox"


def test_the_next_step_is_where_to_begin():
    """It names the first required check that failed, and the command for one hint more."""
    assert next_step(FAILED) == "begin with a.one: does a.one; a hint: foodcourt check ex1 --hints 1"
    assert next_step(FAILED, hints=2).endswith("foodcourt check ex1 --hints 3")
    assert next_step(FAILED, hints=3) == "begin with a.one: does a.one"
    assert next_step(PASSED) == "well done"
    assert next_step(NO_BONUS) == "well done; if you like, go for the bonus: does a.bonus"


def test_the_next_step_names_the_folder_that_was_graded():
    """The command that asks for a hint grades the same folder again, whatever its name holds."""
    assert "check ex1 --submission 'my work' --hints 1" in next_step(FAILED, submission=Path("my work"))


def test_the_next_step_never_blames_the_learner_for_our_faults():
    """A grader that broke says so, and what to type."""
    assert next_step(BROKEN) == "this is our fault, not yours; see what is missing with: foodcourt doctor"
    mixed = report(verdict("a.one", Outcome.FAILED), verdict("a.two", Outcome.ERROR))
    assert next_step(mixed) == next_step(BROKEN)


def test_points_of_a_stretch_check_are_called_bonus():
    """A required check gives `10/10`, a stretch check `bonus 0/10`."""
    assert points(verdict("a.one")) == "10/10"
    assert points(verdict("a.one", Outcome.FAILED, required=False)) == "bonus 0/10"


def test_control_characters_become_visible():
    """Escapes, bells, carriage returns, direction marks and broken characters show as text; text stays as it is."""
    assert plain("\x1b[2J a\x07\r\x9b \u202e\ud800\0") == r"\x1b[2J a\x07\x0d\x9b \x202e\xd800\x00"
    assert plain("Grüße, 你好 🍜\n\tend") == "Grüße, 你好 🍜\n\tend"


def test_html_holds_no_markup_of_the_learner():
    """Whatever a submission prints or answers stands in the HTML as text, without control characters."""
    html = to_html(HOSTILE_REPORT)
    page = Elements(html)
    assert page.named("script") == []
    assert {tag for tag, _ in page.elements} <= TAGS
    assert "<script>alert('x')</script>" in "".join(page.texts)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", html)
    html.encode()


def test_html_reads_well_to_a_screen_reader():
    """A labelled section, the result as a status, a table with caption and column headers; marks are not read out."""
    page = Elements(to_html(FAILED))
    assert page.named("section") == [
        {"class": "foodcourt-report", "aria-label": "Report on ex1_two_services"},
    ]
    assert {"role": "status"} in page.named("p")
    assert len(page.named("caption")) == 1
    assert page.named("th") == [{"scope": "col"}] * 3
    assert page.named("span") == [{"aria-hidden": "true"}] * len(FAILED.checks)
    texts = [text.strip() for text in page.texts]
    for check in FAILED.checks:
        assert check.outcome in texts  # the verdict is a word, not a colour
        assert check.id in texts
    assert texts.index("Checks of ex1_two_services") < texts.index("Verdict")


def test_html_says_what_the_terminal_says():
    """Headline, next step, messages, hints and evidence are all there; evidence is folded but printed open."""
    checks = (replace(FAILED.checks[2], evidence=(Evidence("http", "try it by hand", "curl -i x"),)),)
    html = to_html(replace(FAILED, checks=checks), hints=1)
    texts = "\n".join(Elements(html).texts)
    for part in (
        "not passed yet",
        "--hints 2",
        "expected this, got that",
        "look there",
        "try it by hand",
        "curl -i x",
    ):
        assert part in texts
    assert len(Elements(html).named("details")) == 1
    assert "@media print" in html


@pytest.mark.parametrize("report", [PASSED, NO_BONUS, FAILED, BROKEN, HOSTILE_REPORT])
def test_json_is_as_its_schema_says(report):
    """Every report validates, can be written as UTF-8 whatever the learner answered, and loses nothing."""
    jsonschema.Draft202012Validator.check_schema(schema())
    text = to_json(report).encode().decode()
    found = json.loads(text)
    jsonschema.validate(found, schema())
    assert found == report.as_json() | {"checks": json.loads(json.dumps(found["checks"]))}
    assert [check["message"] for check in found["checks"]] == [check.message for check in report.checks]
    assert text.endswith("}\n")


def test_the_schema_refuses_what_is_no_report():
    """An unknown outcome, a missing field and a further one are all refused."""
    good = json.loads(to_json(FAILED))
    for change in (
        lambda found: found["checks"][0].update(outcome="fine"),
        lambda found: found.pop("passed"),
        lambda found: found.update(further=1),
        lambda found: found.update(started_at="yesterday"),
    ):
        bad = json.loads(json.dumps(good))
        change(bad)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema())


def shown(report, hints=0, **options):
    """Give what a terminal is sent for a report."""
    file = io.StringIO()
    console = Console(file=file, width=100, highlight=False, **options)
    with TerminalReport(find_exercise("ex1", WORKBOOK), console, hints) as display:
        for check in report.checks:
            display.verdict(check)
    display.end(report)
    return file.getvalue()


def test_a_terminal_shows_verdict_message_hint_and_next_step():
    """One line a check, what failed with its message and hint, then the sum and what to do."""
    text = shown(FAILED, hints=1)
    assert re.search(r"^✓ passed   a\.zero +does a\.zero  5/5$", text, re.MULTILINE)
    assert re.search(r"^✗ failed   a\.one .* 0/35\n +expected this, got that\n +hint: look there", text, re.MULTILINE)
    assert re.search(r"^– skipped  a\.two", text, re.MULTILINE)
    assert text.endswith(f"\n{headline(FAILED)}\n{next_step(FAILED, 1)}\n")


def test_a_terminal_is_sent_no_blanks_at_the_end_of_a_line():
    """What is copied from a log of it, or compared with one, is what was said."""
    evidence = (Evidence("log", "what it printed", "short\n\n" + "a long line " * 20),)
    text = shown(report(verdict("a.one", Outcome.FAILED, evidence=evidence), verdict("a.two", Outcome.FAILED)))
    assert "\n            short\n\n            a long line" in text
    assert [line for line in text.splitlines() if line != line.rstrip() or len(line) > 100] == []


def test_a_terminal_shows_evidence_once():
    """Only the first check that failed shows its evidence: the one to begin with."""
    evidence = (Evidence("log", "what it printed", "\n".join(f"line {number}." for number in range(40))),)
    text = shown(report(*(verdict(f"a.{n}", Outcome.FAILED, evidence=evidence) for n in ("one", "two"))))
    assert text.count("what it printed") == 1
    assert "line 39." in text
    assert "line 20." not in text


def test_a_terminal_is_not_driven_by_the_learner():
    """Escapes and markup in messages, titles and evidence are shown as text, in colour too."""
    for options in ({}, {"force_terminal": True}):
        text = shown(HOSTILE_REPORT, **options)
        assert "[bold]x[/bold]" in text
        assert r"\x1b[2J" in text
        assert "\x1b[2J" not in text
        assert not re.search("[\x07\x9b\u202e\ud800]", text)
