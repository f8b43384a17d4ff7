"""How likely mistakes are read out of messages and held against what the work gets wrong."""

from proof.mistakes import Naming, likely_mistakes, naming, strangers


def test_the_likely_mistake_is_the_last_line_of_a_message():
    """Only what we say counts, not the same words in a learner's output above it."""
    messages = [
        "expected 200, got 500\nlikely mistake: the call never ends",
        "likely mistake: printed by the learner\nTraceback…\nKeyError: 'email'",
        "expected 201, got 404",
        "",
    ]
    assert likely_mistakes(messages) == ["the call never ends"]


def test_a_mistake_told_twice_is_one_mistake():
    """Two checks that name the same mistake are not two."""
    assert likely_mistakes(["a\nlikely mistake: x", "b\nlikely mistake: y", "c\nlikely mistake: x"]) == ["x", "y"]


def test_fragments_match_in_any_case():
    """Fragments are looked for as words of the report are: upper and lower case are the same."""
    assert strangers(["No Timeout on the call"], ["no timeout"]) == []


def test_one_mistake_that_does_not_fit_makes_the_report_wrong():
    """A right mistake beside a wrong one does not count as named right."""
    assert naming(["no timeout on the call"], ["no timeout"]) is Naming.RIGHT
    assert naming(["no timeout on the call", "a lock is held"], ["no timeout"]) is Naming.WRONG
    assert naming(["a lock is held"], []) is Naming.WRONG
    assert naming([], ["no timeout"]) is Naming.NOT
    assert naming([], []) is Naming.NOT
