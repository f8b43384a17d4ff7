"""The results of a class, read back from disk: plain, damaged, and with the names that learners think of."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from foodcourt.errors import GraderError, ResultsDamaged, UsageError
from foodcourt.grading.verdicts import Evidence, Outcome, Report, Verdict
from foodcourt.reports.class_file import ClassFile, Entry, Person
from foodcourt.reports.class_results import ClassResults, Standing, result_path
from foodcourt.reports.files import write_atomically
from foodcourt.reports.json_report import from_json, read_report, schema, to_json
from foodcourt.reports.result_paths import folder_name, learner_of
from foodcourt.workbook import Workbook

WORKBOOK = Workbook(Path(__file__).resolve().parents[2])
EX1, EX2 = "ex1_two_services", "ex2_retries"
NAMES = [
    *("..", ".", "", "a/b", "/etc/passwd", "..\\x", ".hidden", "-rf", "~root", " a ", "a.", "NUL\0", "new\nline"),
    *(
        "\x1b[31m",
        "50%",
        "%2E",
        "%~",
        "\udcff\udc80",
        "a\ud800b",
        "\u202egnp",
        "\u2028",
        "e\u0301",
        "CON:",
        "x" * 300,
    ),
    *("🍜" * 60, "<script>", "=cmd()", "a,b", '"q"', "\ud83d\ude00"),
]


def report(slug=EX1, learner="ann", outcome=Outcome.PASSED, **more):
    moment = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
    got = 100 if outcome is Outcome.PASSED else 0
    log = Evidence("log", "what it said", "\x1b[2J\0\ud800 <b>")
    checks = (
        Verdict("a.one", "does one", True, got, 100, outcome, "expected \ud800", "look", (log,), 0.5),
        Verdict("a.bonus", "does more", False, 0, 10, Outcome.FAILED, "no"),
    )
    return replace(Report(slug, learner, "bubblewrap", moment, 2.5, checks), **more)


def store(out, *reports):
    for one in reports:
        write_atomically(result_path(out, one.learner, one.exercise), to_json(one))


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_one_harmless_part_of_a_path(tmp_path, name):
    """A folder of that name can be made, lies where it should, shows, and tells the name where that fits."""
    folder = folder_name(name)
    path = result_path(tmp_path, name, EX1)
    write_atomically(path, "{}")
    assert path.parent == tmp_path / "results" / folder
    assert [found.name for found in (tmp_path / "results").iterdir()] == [folder]
    assert not folder.startswith((".", "-", "~", " "))
    assert len(folder.encode()) <= 200
    assert learner_of(folder) == (None if len(name) > 50 else name)


def test_plain_names_stay_and_different_ones_stay_different():
    """What people are called is readable as it is, in any script; no two names share a folder."""
    for name in ("ann", "Ann Lee", "o'neil", "Zoë", "李雷", "s1234567", "a.b-c_d+e@uni.example", "v1.2"):
        assert folder_name(name) == name
        assert learner_of(name) == name
    names = [*NAMES, "x" * 301, "x" * 299 + "y", "%", "%%", "A", "a"]
    assert len({folder_name(name) for name in names}) == len(names)


@pytest.mark.parametrize("name", ["..", ".x", "a/b", "%2e", "%41", "%zz", "%u0041", "%", "%~", "a%", "\udcff"])
def test_no_name_is_read_out_of_a_folder_that_was_not_written_for_it(name):
    """Only what `folder_name` gives is turned back, so no two folders can claim one learner."""
    learner = learner_of(name)
    assert learner is None or folder_name(learner) == name


@pytest.mark.parametrize("outcome", Outcome)
def test_a_report_survives_being_stored(outcome):
    """Whatever was observed comes back, control characters and broken ones among it."""
    one = report(outcome=outcome, learner="a\udcff\ud800")
    assert from_json(to_json(one)) == one
    assert from_json(to_json(one).encode()) == one


def test_every_kind_of_evidence_is_read_back():
    """What the schema allows, the reader takes."""
    for kind in schema()["$defs"]["evidence"]["properties"]["kind"]["enum"]:
        check = replace(report().checks[0], evidence=(Evidence(kind, "title", "text"),))
        assert from_json(to_json(report(checks=(check,)))).checks[0].evidence[0].kind == kind


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda it: it.update(schema=2), "schema 2"),
        (lambda it: it.pop("checks"), "'checks' is missing"),
        (lambda it: it.update(checks={}), "expected a list under 'checks', found {}"),
        (lambda it: it.update(checks=[1]), "expected an object"),
        (lambda it: it.update(score=99), "'score' is 99, but its checks make it 100"),
        (lambda it: it.update(passed=False), "'passed' is False"),
        (lambda it: it.update(started_at="yesterday"), "expected a moment"),
        (lambda it: it.update(duration_s=float("nan")), "expected a number of 0 or more"),
        (lambda it: it.update(learner=5), "expected text under 'learner'"),
        (lambda it: it["checks"][0].update(points=True), "found True"),
        (lambda it: it["checks"][0].update(points=-1), "found -1"),
        (lambda it: it["checks"][0].update(outcome="fine"), "expected one of passed, failed, skipped, error"),
        (lambda it: it["checks"][0]["evidence"][0].update(kind="picture"), "expected one of timeline, log"),
    ],
)
def test_a_report_that_was_altered_is_refused(tmp_path, change, told):
    """The message says what was expected and what is there, names the file, and says what to do."""
    table = json.loads(to_json(report()))
    change(table)
    path = write_atomically(tmp_path / "r.json", json.dumps(table))
    with pytest.raises(ResultsDamaged) as refused:
        read_report(path)
    assert told in str(refused.value)
    assert str(path) in str(refused.value)
    assert "--resume" in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"9" * 5_000, b"null"])
def test_rubbish_is_no_report(content):
    """A file that was cut, emptied or overwritten is told from a report, whatever it holds."""
    with pytest.raises(GraderError, match="no report of foodcourt"):
        from_json(content)


def test_a_class_is_read_as_it_was_graded(tmp_path):
    """Everybody is there: on the list, handed in, or only graded; each with what is known of them."""
    bad = "../../etc\udcff"
    store(tmp_path, report(), report(learner=bad), report(learner="y" * 300), report(EX2, outcome=Outcome.ERROR))
    listed = {"ann": Person("Ann Lee", "7", "ann@uni.example"), "Zed": Person()}
    entries = (
        Entry("ann", EX1, tmp_path / "in/ann", True, "ab" * 32),
        Entry("bob", EX1, Path("in/bob"), problem="is damaged"),
        Entry("bob", EX2, Path("in/bob")),
    )
    ClassFile(tmp_path / "in", listed, entries).save(tmp_path)
    results = ClassResults.load(tmp_path, WORKBOOK)
    assert results.learners == (bad, "ann", "bob", "y" * 300, "Zed")
    assert [exercise.number for exercise in results.exercises] == [1, 2]
    assert results.report("ann", EX1) == report()
    assert results.report(bad, EX1) == report(learner=bad)
    assert results.report("bob", EX1) is None
    assert results.entry("ann", EX1) == entries[0]
    assert results.person("ann").email == "ann@uni.example"
    assert results.person("bob") == Person()
    standings = {key: results.standing(*key) for key in (("ann", EX1), ("ann", EX2), ("bob", EX1), ("bob", EX2))}
    assert list(standings.values()) == [Standing.GRADED, Standing.ERROR, Standing.REFUSED, Standing.WAITING]
    assert results.standing("Zed", EX1) is Standing.MISSING
    assert results.problem("bob", EX1) == "is damaged"
    assert "a.one" in results.problem("ann", EX2)
    assert results.problem("ann", EX1) == results.problem("Zed", EX1) == ""


def test_one_damaged_result_does_not_hide_the_class(tmp_path):
    """It is an error, never a missing one and never a verdict; the others are there."""
    store(tmp_path, report(), report(learner="bob"))
    path = result_path(tmp_path, "bob", EX1)
    path.write_text(path.read_text()[:-20])
    results = ClassResults.load(tmp_path, WORKBOOK)
    assert results.learners == ("ann", "bob")
    assert results.report("bob", EX1) is None
    assert results.standing("bob", EX1) is Standing.ERROR
    assert str(path) in results.problem("bob", EX1)
    assert results.report("ann", EX1) is not None


def test_a_report_on_somebody_else_is_no_verdict(tmp_path):
    """A result that was copied to another learner or exercise is damaged."""
    write_atomically(result_path(tmp_path, "bob", EX1), to_json(report()))
    write_atomically(result_path(tmp_path, "cat", EX2), to_json(report(learner="cat")))
    results = ClassResults.load(tmp_path, WORKBOOK)
    assert not results.reports
    assert "it is the report on ex1_two_services of 'ann'" in results.damaged["bob", EX1]
    assert "stands where that on ex2_retries of 'cat' should" in results.damaged["cat", EX2]


def test_a_result_that_is_a_folder_is_damaged(tmp_path):
    """What cannot be read at all is told like what cannot be understood."""
    result_path(tmp_path, "ann", EX1).mkdir(parents=True)
    assert "Is a directory" in ClassResults.load(tmp_path, WORKBOOK).damaged["ann", EX1]


def test_what_was_not_looked_for_is_not_missing(tmp_path):
    """An exercise that was not graded is none of the class's; one that was, and nobody handed in, is."""
    ClassFile(tmp_path, {"ann": Person()}, (), notes={EX2: ()}).save(tmp_path)
    assert [exercise.slug for exercise in ClassResults.load(tmp_path, WORKBOOK).exercises] == [EX2]
    store(tmp_path, report())
    assert [exercise.slug for exercise in ClassResults.load(tmp_path, WORKBOOK).exercises] == [EX1, EX2]


def test_where_no_class_was_graded_is_said(tmp_path):
    """An empty folder is a mistake in the command, and the answer is the command; results alone will do."""
    with pytest.raises(UsageError, match="next: foodcourt grade DIR --out"):
        ClassResults.load(tmp_path, WORKBOOK)
    store(tmp_path, report())
    assert ClassResults.load(tmp_path, WORKBOOK).class_file == ClassFile()


def test_the_class_file_keeps_hostile_names(tmp_path):
    """Names, addresses, paths, problems and notes come back as they were."""
    people = {name: Person(name, name, name) for name in NAMES[:-1]}
    entries = tuple(Entry(name, EX1, Path("in") / name if name else None, problem=name) for name in NAMES[:-1])
    stored = ClassFile(tmp_path, people, entries, {EX1: datetime(2026, 1, 31, 12)}, {EX1: tuple(NAMES[:-1])})
    stored.save(tmp_path)
    assert ClassFile.load(tmp_path) == stored


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"schema": 4}',
        '{"schema": 3, "submissions": "", "learners": {}, "entries": [{}], "due": {}, "notes": {}}',
        '{"schema": 3, "submissions": "", "learners": {"a": 1}, "entries": [], "due": {}, "notes": {}}',
        '{"schema": 3, "submissions": "", "learners": {}, "entries": [], "due": {"ex1": 1}, "notes": {}}',
        '{"schema": 3, "submissions": "", "learners": {}, "entries": [], "due": {"ex1": "soon"}, "notes": {}}',
        '{"schema": 3, "submissions": "", "learners": {}, "entries": [], "due": {}, "notes": {"ex1": "odd"}}',
        '{"schema": 3, "submissions": "", "learners": {}, "entries": [], "due": {}, "notes": {"ex1": [1]}}',
    ],
)
def test_a_damaged_class_file_is_named(tmp_path, content):
    """Without it nobody knows who is in the class, so nothing is shown, and the file is named."""
    (tmp_path / "class.json").write_text(content)
    with pytest.raises(ResultsDamaged, match=r"cannot use .*class\.json"):
        ClassResults.load(tmp_path, WORKBOOK)


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    """When the disk fails midway, what was there before is still there, and nothing else is."""
    path = write_atomically(tmp_path / "deep" / "f.txt", "before")

    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("foodcourt.reports.files.os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, "after")
    assert path.read_text() == "before"
    assert list(path.parent.iterdir()) == [path]
