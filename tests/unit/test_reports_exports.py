"""The class for programs: Gradescope, JUnit XML, a job summary of GitHub, and the files they lie in."""

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import jsonschema
import pytest
from class_samples import EX1, EX2, EX3, EX4, HOSTILE, broken, class_of, hostile, ordinary, passed
from markdown_it import MarkdownIt

from foodcourt.catalog import find_exercise
from foodcourt.reports.exports import write_results
from foodcourt.reports.github_summary import to_github_summary
from foodcourt.reports.gradescope import to_gradescope_json
from foodcourt.reports.junit import to_junit_xml
from foodcourt.workbook import find_workbook

ONE, TWO = (find_exercise(name, find_workbook()) for name in ("ex1", "ex2"))
CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e\ud800-\udfff\ufffe\uffff]"

# https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format; unknown keys are allowed there, but
# a mistyped one is a mistake of ours.
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
GRADESCOPE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tests"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": FORMAT,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": FORMAT,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
    # "optional, but required if not on each test case"
    "anyOf": [
        {"required": ["score"]},
        {"properties": {"tests": {"items": {"required": ["score"]}, "minItems": 1}}},
    ],
}


def gradescope(results, learner, exercise=ONE, override=None):
    text = to_gradescope_json(results, learner, exercise, override)
    assert text is not None
    found = json.loads(text)
    jsonschema.validate(found, GRADESCOPE)
    return found


def test_gradescope_gets_every_check():
    """Score with bonus, and a test for each check, with what the learner needs to go on."""
    ann, bob = gradescope(ordinary(), "ann"), gradescope(ordinary(), "bob")
    assert ann["score"] == 110
    assert bob["score"] == 50
    assert ann["output"] == "Exercise 1: two services: 100 of 100 points + 10 bonus"
    assert [(test["name"], test["score"], test["max_score"], test["status"]) for test in bob["tests"]] == [
        ("a.one: does a.one", 50, 50, "passed"),
        ("a.two: does a.two", 0, 50, "failed"),
        ("bonus: a.bonus: does a.bonus", 0, 10, "failed"),
    ]
    assert bob["tests"][1]["output"] == "expected this, got that\nhint: expected this, got that"
    assert bob["tests"][2]["output"] == "skipped:\nneeds a.two, which did not pass"


def test_gradescope_gets_no_score_where_there_is_none():
    """An error is no 0 and no half of the points; what was not handed in is nothing."""
    assert to_gradescope_json(ordinary(), "bob", TWO) is None
    assert to_gradescope_json(ordinary(), "cat", ONE) is None
    by_hand = gradescope(ordinary(), "bob", TWO, lambda learner, slug: 70)
    assert by_hand["score"] == 70
    assert by_hand["output"].endswith("70 of 100 points, given by an instructor")
    assert by_hand["tests"][1]["output"].startswith("the grader broke; this is not your fault")
    assert gradescope(ordinary(), "cat", ONE, lambda learner, slug: 5)["tests"] == []


@pytest.mark.parametrize("learner", HOSTILE)
def test_gradescope_shows_texts_of_learners_as_text(learner):
    """Everything says that it is text, and holds nothing that drives a terminal."""
    found = gradescope(hostile(), learner)
    assert {found[key] for key in ("output_format", "test_output_format", "test_name_format")} == {"text"}
    assert all(test["output_format"] == test["name_format"] == "text" for test in found["tests"])
    assert not re.search(CONTROLS, json.dumps(found, ensure_ascii=False))


TOKEN = re.compile(r"\S+( \S+)*")
COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def suites(xml):
    """Parse JUnit XML as a server would, and hold it against both schemas, rule by rule.

    A: https://github.com/windyroad/JUnit-Schema/blob/master/JUnit.xsd
    J: https://github.com/jenkinsci/xunit-plugin, src/main/resources/…/types/model/xsd/junit-10.xsd
    """
    root = ElementTree.fromstring("".join(xml).encode())  # not well-formed, or with a forbidden character: it raises
    assert (root.tag, root.attrib) == ("testsuites", {})  # A: no attributes
    for number, suite in enumerate(root):
        assert set(suite.attrib) == {
            *("name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time")
        }
        assert suite.get("id") == str(number)  # A: from 0, one more each
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))  # A: no time zone
        assert re.fullmatch(r"\d*(\.\d*)?", suite.get("time"))  # J: SUREFIRE_TIME; A: decimal
        assert all(
            TOKEN.fullmatch(suite.get(key)) for key in ("name", "package", "hostname")
        )  # A: token, minLength 1
        tags = [child.tag for child in suite]
        cases = suite.findall("testcase")
        assert tags == ["properties", *["testcase"] * len(cases), "system-out", "system-err"]  # A: a sequence
        assert int(suite.get("tests")) == len(cases)
        for key, tag in COUNTS.items():
            assert int(suite.get(key)) == len(suite.findall(f"testcase/{tag}"))
        for prop in suite.find("properties"):
            assert set(prop.attrib) == {"name", "value"}
            assert TOKEN.fullmatch(prop.get("name"))
        for case in cases:
            assert set(case.attrib) == {"name", "classname", "time"}  # A: all required, no other
            assert TOKEN.fullmatch(case.get("name"))
            assert TOKEN.fullmatch(case.get("classname"))
            assert float(case.get("time")) >= 0
            assert len(case) <= 1  # A: a choice
            for outcome in case:
                assert outcome.tag in COUNTS.values()
                assert outcome.tag == "skipped" or outcome.get("type")  # A: required
                assert len(outcome) == 0
    return list(root)


def kinds(suite):
    return [case[0].tag if len(case) else "passed" for case in suite.findall("testcase")]


def test_junit_has_a_suite_for_every_learner_and_exercise():
    """Checks are test cases; a stretch check never fails a build, an error is no failure."""
    found = {suite.get("name"): suite for suite in suites(to_junit_xml(ordinary()))}
    assert len(found) == 12
    assert kinds(found[f"ann: {EX1}"]) == ["passed", "passed", "passed"]
    assert kinds(found[f"bob: {EX1}"]) == ["passed", "failure", "skipped"]
    assert kinds(found[f"bob: {EX2}"]) == ["passed", "error"]
    assert [kinds(found[f"bob: {slug}"]) for slug in (EX3, EX4)] == [["error"], ["skipped"]]
    assert kinds(found[f"cat: {EX1}"]) == ["skipped"]
    assert found[f"bob: {EX3}"].find("testcase/error").text == "is damaged"
    assert found[f"bob: {EX1}"].find("testcase/failure").text == "expected this, got that"
    assert found[f"ann: {EX1}"].get("timestamp") == "2026-01-31T12:00:00"
    assert found[f"ann: {EX1}"].get("time") == "2.305"


def test_junit_tells_scores_and_no_score():
    """They are properties: those of an error are empty, those by hand say so."""

    def properties(override=None):
        for suite in suites(to_junit_xml(ordinary(), override)):
            yield suite.get("name"), {prop.get("name"): prop.get("value") for prop in suite.find("properties")}

    found = dict(properties())
    assert found[f"ann: {EX1}"]["score"] == "100"
    assert found[f"bob: {EX2}"] | {"sandbox": ""} == {
        **{"learner": "bob", "exercise": EX2, "outcome": "error", "score": "", "bonus": "", "sandbox": ""}
    }
    by_hand = dict(properties(lambda learner, slug: 33))[f"bob: {EX2}"]
    assert (by_hand["score"], by_hand["outcome"]) == ("33", "by hand")


def test_junit_holds_no_markup_of_a_learner():
    """Whatever learners write is text of well-formed XML 1.0, and can be read there."""
    text = "".join(to_junit_xml(hostile()))
    assert not re.search(CONTROLS, text)
    found = suites(text)
    failures = [failure.text for suite in found for failure in suite.findall("testcase/failure")]
    assert HOSTILE[1] in failures
    assert r"\x1b[2J\x07\x9b31m\x202e\xd800\xdcff\xfffe\x00" in failures
    assert suites(to_junit_xml(class_of([]))) == []


def test_junit_cuts_a_message_that_floods():
    """A learner who prints a novel does not fill the memory of a CI server."""
    flood = broken("ann", EX1, "x" * 100_000)
    assert len("".join(to_junit_xml(class_of([flood])))) < 30_000


class Tags(HTMLParser):
    """Collects the tags of a page, and the text outside code."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.outside, self._code = set(), [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self._code = tag == "code"

    def handle_endtag(self, tag):
        self._code = False

    def handle_data(self, data):
        if not self._code:
            self.outside.append(data)


def rendered(text):
    """Render as GitHub does, with tables, raw HTML and links found in the text (https://github.github.com/gfm/)."""
    return Tags(MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(["table", "linkify"]).render(text))


def test_the_summary_tells_how_the_class_did():
    """Counts for each exercise, what to look at, and everybody's points; an error is a word and no 0."""
    text = to_github_summary(ordinary())
    lines = text.splitlines()
    assert lines[0] == "## Food Court: 3 learners"
    assert "| Exercise 1: two services | 1 | 1 | 0 | 0 | 0 | 1 |" in lines
    assert "| Exercise 2: retries | 1 | 0 | 1 | 0 | 0 | 1 |" in lines
    assert "| `ann` | `Ann Lee` | 100 + 10 | 100 + 10 | 100 + 10 | 100 + 10 | 440 |" in lines
    assert "| `bob` |  | 50 (late) | error | refused | waiting | open |" in lines
    assert "| `cat` | `Cat O'Neil, Jr.` | – | – | – | – | 0 |" in lines
    assert "- `bob`, exercise 3: refused: `is damaged`" in lines
    assert "- `bob`, exercise 2: error: `the grader broke on a.two; grade it again`" in lines
    decided = to_github_summary(ordinary(), lambda learner, slug: 1 if learner == "bob" else None)
    assert "### To look at" not in decided
    assert "| `bob` |  | 1 (by hand, late) | 1 (by hand) | 1 (by hand) | 1 (by hand) | 4 |" in decided


def test_the_summary_holds_no_markup_of_a_learner():
    """Rendered, there are only our own tags, and every word of a learner is code."""
    text = to_github_summary(hostile())
    page = rendered(text)
    assert page.tags <= {*("h2", "h3", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "code")}
    outside = "".join(page.outside)
    for word in ("script", "bold", "evil", "everyone", "cmd", "error::", "xxx", "$"):
        assert word not in outside
    rows = [line.replace("\\|", "").count("|") for line in text.splitlines() if line.startswith("| ")]
    assert set(rows) == {8}  # no pipe of a learner's


def test_the_summary_is_no_command_to_the_runner():
    """Printed to the log, no line begins as a workflow command, and the old mark for one stands nowhere.

    https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs: `::` begins a line, `##[` may
    stand anywhere in it.
    """
    text = to_github_summary(hostile())
    assert all(line == "" or line[0] in "#|-" for line in re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text))
    assert "##[" not in text
    assert "::" not in text
    assert not re.search(CONTROLS, text)


def test_the_summary_is_never_larger_than_github_takes():
    """GitHub drops what is above 1 MiB, so it ends before, and says where the rest is."""
    text = to_github_summary(class_of([passed(f"{number:05}{'é' * 70}", EX1) for number in range(7000)]))
    assert 800_000 < len(text.encode()) < 1 << 20
    assert text.endswith("the whole class stands in `grades.csv`.\n")


def test_all_files_are_written(tmp_path):
    """Each in its place, and nothing else, whatever the learners are called."""
    results = hostile()
    written = write_results(tmp_path, results)
    there = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert set(written) == there
    names = {str(path.relative_to(tmp_path)) for path in there}
    assert {name for name in names if "gradescope" not in name} == {
        *("grades.csv", "exports/canvas.csv", "exports/moodle.csv", "exports/junit.xml", "exports/github-summary.md")
    }
    scores = [path for path in there if path.parent.parent == tmp_path / "exports" / "gradescope"]
    assert len(scores) == len(HOSTILE)
    for path in there:
        path.read_text(encoding="utf-8")


def test_a_score_that_is_taken_back_leaves_no_file(tmp_path):
    """A submission that had a verdict and now is an error has no old score lying about, nor has one that is gone."""
    path = tmp_path / "exports" / "gradescope" / "ann" / f"{EX1}.json"
    assert path in write_results(tmp_path, class_of([passed("ann", EX1), passed("bob", EX1)]))
    assert path not in write_results(tmp_path, class_of([broken("ann", EX1)]))
    assert not path.exists()
    assert not (path.parent.parent / "bob").exists()  # who has left the class
    override = {("ann", EX1): 12.5}
    write_results(tmp_path, class_of([broken("ann", EX1)]), lambda learner, slug: override.get((learner, slug)))
    assert json.loads(path.read_text())["score"] == 12.5
