"""The class at a glance, in numbers."""

import pytest
from graded_class import EXERCISE, SLUG, GradedClass, report, small_class

from foodcourt.review.changes import Change, Kind, Target
from foodcourt.review.marking import Marks
from foodcourt.review.overview import MISSING, cells, distribution, tallies, totals
from foodcourt.review.snapshot import Filter, Snapshot


@pytest.fixture
def results(tmp_path):
    return small_class(tmp_path).save()


def snapshot(results, *changes):
    latest = {
        target: Change(number, number, "2026-01-31T12:00:00Z", "Ada", 0, target, text, score)
        for number, (target, text, score) in enumerate(changes, 1)
    }
    return Snapshot(results, Marks(latest, len(latest)))


BY_HAND = (Target(Kind.SCORE, SLUG, "grace"), "kept her word", 98)
COMMENTED = (Target(Kind.COMMENT, SLUG, "linus", "users.get"), "look here", None)


def test_cells_of_nothing():
    """Who handed nothing in has a mark of their own at every check."""
    assert {(cell.outcome, cell.mark) for cell in cells(None, EXERCISE.checks)} == {(MISSING, "·")}


def test_the_hardest_check_first(results):
    """Checks come in the order of how many passed them, and count only what was handed in."""
    rows = snapshot(results).rows(EXERCISE)
    found = tallies([row.cells for row in rows], EXERCISE.checks)
    assert [(tally.spec.id, tally.passed, tally.handed_in) for tally in found[:3]] == [
        ("users.unknown", 1, 4),
        ("orders.timeout", 3, 4),
        ("users.health", 4, 4),
    ]


@pytest.mark.parametrize(
    ("score", "step"), [(0, 0), (9, 0), (10, 1), (99, 9), (100, 9), (59.5, 5), (-3, 0), (130, 9)]
)
def test_steps_of_scores(score, step):
    """The highest score belongs to the last step, and no score falls out."""
    found = distribution([score], 100)
    assert [number for number, bin_ in enumerate(found) if bin_.count] == [step]
    assert (found[0].low, found[0].high, found[-1].low, found[-1].high) == (0, 9, 90, 100)


def test_totals(results):
    """Means are over those who have a score, and nobody's is made up."""
    rows = snapshot(results).rows(EXERCISE)
    found = totals([row.grade for row in rows])
    assert (found.handed_in, found.unclear, found.missing, found.passed) == (4, 0, 1, 1)
    assert (found.mean, found.median) == (93.75, 95)
    assert totals([]).mean is None


def test_what_has_no_verdict_is_not_missing(tmp_path):
    """What is refused or waits was handed in; it is told beside what is missing."""
    graded = GradedClass(tmp_path)
    graded.add("ada", report("ada"))
    graded.add("ken")
    graded.add("ned", files={}, problem="is damaged")
    graded.add("wim", files={})
    found = totals([row.grade for row in snapshot(graded.save()).rows(EXERCISE)])
    assert (found.handed_in, found.unclear, found.missing, found.passed) == (3, 2, 1, 1)


def test_a_score_for_other_work_is_told(tmp_path):
    """A score by hand stays when other work is handed in, and nobody is to overlook that."""
    graded = GradedClass(tmp_path)
    graded.add("grace", report("grace"), since="2026-01-31T12:00:00Z")
    graded.add("ken", since="2026-01-31T12:00:00Z")
    results = graded.save()
    for at, outdated in (("2026-01-31T12:00:00Z", True), ("2026-01-31T12:00:01Z", False)):
        found = Snapshot(results, Marks({BY_HAND[0]: Change(1, 1, at, "Ada", 0, *BY_HAND)}, 1))
        assert [found.row(EXERCISE, learner).outdated for learner in ("grace", "ken")] == [outdated, False]
        assert found.outdated() == ([("grace", SLUG)] if outdated else [])
        assert found.row(EXERCISE, "grace").passes(Filter(state="outdated")) is outdated


def test_a_score_by_hand_counts(results):
    """The instructor's score takes the place of the grader's, everywhere."""
    row = snapshot(results, BY_HAND).row(EXERCISE, "grace")
    assert (row.score, row.report.score, row.override.text) == (98, 95, "kept her word")


FILTERS = [
    (Filter(), ["ada", "barbara", "grace", "ken", "linus"]),
    (Filter(name="LOVELACE"), ["ada"]),
    (Filter(name="ra"), ["barbara", "grace"]),
    (Filter(state="failed"), ["barbara", "grace", "linus"]),
    (Filter(state="failed", check="orders.timeout"), ["barbara"]),
    (Filter(state="passed", check="orders.timeout"), ["ada", "grace", "linus"]),
    (Filter(state=MISSING), ["ken"]),
    (Filter(state="late"), ["barbara"]),
    (Filter(state="late", check="users.get"), ["barbara"]),
    (Filter(state="changed"), ["grace"]),
    (Filter(state="commented"), ["linus"]),
    (Filter(name="nobody"), []),
]


@pytest.mark.parametrize(("filter_", "learners"), FILTERS)
def test_filters(results, filter_, learners):
    """Submissions are found by name, outcome, check, and by what instructors did."""
    rows = snapshot(results, BY_HAND, COMMENTED).rows(EXERCISE)
    assert [row.learner for row in rows if row.passes(filter_)] == learners
