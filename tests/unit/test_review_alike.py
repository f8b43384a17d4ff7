"""Submissions that failed alike, whatever data their run was asked with."""

import pytest
from graded_class import report

from foodcourt.grading.verdicts import Outcome
from foodcourt.review.alike import group_alike, normalise

SAME = [
    ('got 200 with {"id": 1, "email": "a@b.test"}', 'got 200 with {"id": 77, "email": "c@d.example"}'),
    ('POST /orders {"user_id": 12, "item": "falafel"}', 'POST /orders {"user_id": 99, "item": "pierogi no. 4"}'),
    ("got no answer in 3.0 s", "got no answer in 2.97 s"),
    ("KeyError (orders_service.py:12)", "KeyError (orders_service.py:21)"),
    ("<Order object at 0x7f12ab>", "<Order object at 0x55ee01>"),
    ("at most 2 connections, got 20", "at most 2 connections, got 1,900"),
    ("task 4f9d1c34-9d1a-4be1-8a43-0c8b5f1b2a3c", "task 00000000-9d1a-4be1-8a43-0c8b5f1b2a3c"),
    ("127.0.0.1:8001 refused", "127.0.0.1:43123 refused"),
]
OTHER = [
    ("expected 404, got 500", "expected 404, got 200"),
    ('got 200 with {"id": 1}', 'got 200 with {"uid": 1}'),
    ("KeyError: 'id'", "KeyError: 'email'"),
    ('id should be 1, but is "1"', "id should be 1, but is 2"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_data_of_the_run_does_not_count(one, other):
    """Numbers, quoted values, addresses and lines of a file differ from run to run, and are left out."""
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_the_mistake_counts(one, other):
    """Statuses, keys, names and types tell mistakes apart."""
    assert normalise(one) != normalise(other)


def test_a_long_message_takes_no_time():
    """A message that was made to be slow is cut."""
    assert len(normalise('": "' * 1_000_000)) <= 8_000


def test_the_largest_group_first():
    """Groups are by checks and messages; who passed everything is in none."""
    reports = {
        "ada": report("ada"),
        "grace": report("grace", ["users.get"], "got 501"),
        "linus": report("linus", ["users.get", "orders.get"], "got 500"),
        "barbara": report("barbara", ["users.get", "orders.get"], "got 500"),
        "ken": report("ken", ["users.get"], "got 500"),
    }
    groups = group_alike(reports.items())
    assert groups[0].learners == ("barbara", "linus")
    assert [failure.check for failure in groups[0].failures] == ["users.get", "orders.get"]
    assert sorted(group.learners for group in groups[1:]) == [("grace",), ("ken",)]
    assert len({group.key for group in groups}) == 3
    assert group_alike(reversed(reports.items())) == groups


def test_only_failures_count():
    """A check that was skipped says nothing of its own, and hostile messages get a key like others."""
    found = report("ada", ["users.get"], "\ud800\0\x1b")
    [group] = group_alike([("ada", found)])
    assert group.failures[0].check == "users.get"
    assert Outcome.SKIPPED not in {check.outcome for check in found.checks}
