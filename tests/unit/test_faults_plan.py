"""Which calls a fault meets."""

import pytest

from foodcourt.faults import OK, Call, Status
from foodcourt.faults.plan import Fault, Plan


def call(path="/users/7", method="GET"):
    return Call(0, 1, 1, method, path, path, "", (), b"", 0.0, 0.0, 0.0)


def met(fault, calls=8, **kwargs):
    """Return the numbers (from 1) of the calls that meet the fault."""
    return [number for number in range(1, calls + 1) if fault.meet(call(**kwargs)) is not None]


def fault(*replies, script=False, **scope):
    return Fault(replies or (Status(500),), scope, lambda: None, script=script)


@pytest.mark.parametrize(
    ("scope", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"times": 2}, [1, 2]),
        ({"nth": 3}, [3]),
        ({"nth": 3, "times": 2}, [3, 4]),
        ({"path": "/users/{uid}", "times": 1}, [1]),
        ({"path": "/orders/*"}, []),
        ({"method": "post"}, []),
        ({"method": "get", "nth": 8}, [8]),
        ({"rate": 0.0}, []),
        ({"rate": 1.0, "times": 3}, [1, 2, 3]),
    ],
)
def test_scope(scope, numbers):
    """Path, method, nth, times and rate choose the calls as they say."""
    it = fault(**scope)
    assert met(it) == numbers
    assert it.hits == len(numbers)


def test_only_calls_in_scope_are_counted():
    """The second call to a path is its second, whatever came to other paths."""
    it = fault(path="/users/7", nth=2)
    assert [it.meet(call(path)) is not None for path in ("/users/7", "/x", "/x", "/users/7", "/users/7")] == [
        *(False, False, False, True, False)
    ]


def test_a_rate_is_repeatable_by_its_seed():
    """The same seed meets the same calls; another seed meets others; the share is about the rate."""
    first, again, other = (met(fault(rate=0.3, seed=seed), calls=1000) for seed in (42, 42, 43))
    assert first == again != other
    assert 250 < len(first) < 350


def test_a_script_is_played_once():
    """Each call takes the next reply, and those after the last get past."""
    it = fault(Status(501), OK, Status(503), script=True)
    assert [it.meet(call()) for _ in range(4)] == [Status(501), OK, Status(503), None]


@pytest.mark.parametrize("scope", [{"nth": 0}, {"times": 0}, {"rate": 1.1}, {"rate": -0.1}, {"path": "users"}])
def test_a_scope_that_makes_no_sense_is_refused(scope):
    """A mistake in a check shows as a ValueError where the fault is set."""
    with pytest.raises(ValueError, match=r"count from 1|between 0 and 1|begins with"):
        fault(**scope)


def test_an_older_fault_counts_only_the_calls_that_reach_it():
    """A script goes on where it was when the fault above it is taken away."""
    plan = Plan()
    script, above = fault(Status(501), Status(502), script=True), fault(Status(500))
    plan.add(script)

    def first(call):
        return next(plan.met_by(call), (None, None))[1]

    assert first(call()) == Status(501)
    plan.add(above)
    assert first(call()) == Status(500)
    plan.remove(above)
    assert [first(call()), first(call())] == [Status(502), None]
