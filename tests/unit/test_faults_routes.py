"""Which reply belongs to which path."""

import pytest

from foodcourt.faults import Status
from foodcourt.faults.routes import Routes, path_pattern


@pytest.mark.parametrize(
    ("pattern", "path", "params"),
    [
        ("/users/7", "/users/7", {}),
        ("/users/7", "/users/77", None),
        ("/users/{uid}", "/users/7", {"uid": "7"}),
        ("/users/{uid}", "/users/7/mail", None),
        ("/users/{uid}", "/users/", None),
        ("/{a}/x/{b}", "/1/x/2", {"a": "1", "b": "2"}),
        ("/users/*", "/users/7/mail", {}),
        ("*", "/anything\nat all", {}),
        ("/a.b", "/aXb", None),
    ],
)
def test_a_pattern_matches_what_it_says(pattern, path, params):
    """`{name}` is one segment, `*` is anything, the rest is literal."""
    assert path_pattern(pattern).match(path) == params


@pytest.mark.parametrize("text", ["users", "/users/{}", "/{a}/{a}", "/{7}", ""])
def test_what_is_no_pattern_is_refused(text):
    """A mistake in a pattern shows where it is made."""
    with pytest.raises(ValueError, match="path"):
        path_pattern(text)


def test_the_exact_path_goes_before_a_pattern_and_the_newer_pattern_before_the_older():
    """One user can be told apart from the others, whichever was set first."""
    routes = Routes()
    one, any_user, anything = Status(201), Status(202), Status(203)
    routes.add("/users/7", None, one)
    routes.add("*", None, anything)
    routes.add("/users/{uid}", None, any_user)
    assert routes.find("GET", "/users/7") == (one, {})
    assert routes.find("GET", "/users/8") == (any_user, {"uid": "8"})
    assert routes.find("GET", "/else") == (anything, {})


def test_a_route_may_hold_for_one_method_and_can_be_replaced():
    """The same path answers differently by method, and the last answer given to it counts."""
    routes = Routes()
    routes.add("/x", "get", Status(201))
    assert routes.find("POST", "/x") is None
    routes.add("/x", "GET", Status(202))
    assert routes.find("GET", "/x") == (Status(202), {})
