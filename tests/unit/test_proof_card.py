"""The report card: figures in, text out."""

from proof.card import Circumstances, Figures, render
from proof.corpus import Judged
from proof.graded import Graded
from proof.mutations import Change
from proof.soaked import rejections
from proof.survivors import Survivor
from proof.tally import Tally

NOW = Circumstances("2026-01-31", "abc1234", "3.11.2", "Linux", 2)


def judged(name, expected, **changed):
    """A submission with its verdict: passed, but for what is changed."""
    passed = {"passed": True, "score": 100, "bonus": 10, "seconds": 1.0, "messages": {}, "engine": ""}
    lists = {"failed": [], "stretch_failed": [], "skipped": [], "errors": []}
    return Judged(Graded(**{"key": name, "name": name, **passed, **lists, **changed}), {"bonus": 10, **expected})


def wrong(name, message="", **expected):
    """A wrong submission that fails check `a`, and says `message`."""
    expected = {"mistake": "it is wrong", "fails": ["a"], "skips": [], "names": ["no timeout"], **expected}
    return judged(name, expected, passed=False, failed=["a"], messages={"a": message})


def row(card, slug):
    """The cells of an exercise's line."""
    line = next(line for line in card.splitlines() if line.startswith(f"| `{slug}`"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_line_counts_what_came_out():
    """Accepted, caught, named, killed and rejected are counted, and what fell short is listed by name."""
    survivor = Survivor(Change("a.py", "f", "x | y", "x & y"), "equivalent", "both are flags")
    figures = Figures(
        "ex1_a",
        right=[judged("good", {}), judged("no_bonus", {}, bonus=0)],
        wrong=[
            wrong("named", "expected\nlikely mistake: no timeout on the call"),
            wrong("silent"),
            wrong("misled", "expected\nlikely mistake: a lock is held"),
            wrong("elsewhere", "expected\nlikely mistake: no timeout", fails=["b"]),
        ],
        mutants=Tally(total=20, killed=18, survivors=[survivor, Survivor(Change("a.py", "", "1", "2"))]),
        known=[],
        soak=[judged("good", {}).graded] * 3,
        seconds=1.449,
    )
    card = render([figures], NOW)
    naming = "2 right, 1 not named, 1 wrong"
    assert row(card, "ex1_a")[1:] == ["1 of 2", "3 of 4", naming, "18 of 19 (94.7%)", "0 of 3", "1.4 s"]
    assert "`misled` is told a mistake it does not make: a lock is held" in card
    assert "`silent` is told no mistake (it is wrong)" in card
    assert "wrong `elsewhere` is not judged as it should be: a failed" in card
    assert "right `no_bonus` is not judged as it should be" in card
    assert r"`x \| y` → `x & y` | equivalent | both are flags |" in card
    assert "| unexplained |" in card


def test_what_was_not_measured_is_said_to_be_so():
    """An exercise without figures has a line, and no zero that looks like a result."""
    survivor = Survivor(Change("a.py", "f", "x", "y"), "equivalent", "both are flags")
    card = render([Figures("ex2_b", [], [], None, [survivor], [], None)], NOW)
    assert row(card, "ex2_b")[1:] == ["not measured"] * 6
    assert "these survived before" in card
    assert "both are flags" in card


def test_the_same_figures_give_the_same_text():
    """A diff of the card shows what changed, and nothing else."""
    figures = [Figures("ex1_a", [judged("good", {})], [wrong("silent")], Tally(total=1, killed=1), [], [], 1.0)]
    assert render(figures, NOW) == render(figures, NOW)
    assert "2026-01-31" in render(figures, NOW)


def test_a_rejection_tells_check_and_message():
    """Whoever reads the output of a soak knows what to look for."""
    rejected = judged("good", {}, passed=False, failed=["a"], messages={"a": "got 504", "s": "bonus"}).graded
    assert rejections(rejected) == ["rejected: good: a: got 504"]
    assert rejections(judged("good", {}, bonus=0).graded) == []
