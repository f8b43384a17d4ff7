"""Comparing answers with the shape that a contract asks for."""

import pytest

from foodcourt.grading.shapes import Mismatch, mismatch, shorten

ORDER = {"id": int, "item": str, "user": {"id": int, "email": str}}


@pytest.mark.parametrize(
    ("expected", "observed"),
    [
        (int, 3),
        (float, 3.5),
        (float, 3),
        (bool, False),
        (str, ""),
        (list, []),
        (object, None),
        ("ok", "ok"),
        (7, 7),
        (None, None),
        (True, True),
        ({}, {"further": 1}),
        (ORDER, {"id": 1, "item": "taco", "user": {"id": 7, "email": "a@b", "name": "Ada"}, "paid": True}),
    ],
)
def test_what_fits(expected, observed):
    """A type, a value or an object with at least these keys fits; further keys are always fine."""
    assert mismatch(expected, observed) is None


@pytest.mark.parametrize(
    ("expected", "observed", "path", "text"),
    [
        (int, True, "", "the answer should be an integer, but is true"),
        (float, False, "", "the answer should be a number, but is false"),
        (int, 1.5, "", "the answer should be an integer, but is 1.5"),
        (int, "1", "", 'the answer should be an integer, but is "1"'),
        (str, None, "", "the answer should be a string, but is null"),
        (1, True, "", "the answer should be 1, but is true"),
        (True, 1, "", "the answer should be true, but is 1"),
        ("ok", "OK", "", 'the answer should be "ok", but is "OK"'),
        ({"a": int, "b": str}, [1], "", 'the answer should be an object with "a" and "b", but is [1]'),
        ({"a": int}, {}, "a", "a is missing"),
        ({"user": {"email": str}}, {"user": {"id": 1}}, "user.email", "user.email is missing"),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, "a.b.c", "a.b.c should be 1, but is 2"),
        ({"user": {"id": int}}, {"user": None}, "user", 'user should be an object with "id", but is null'),
    ],
)
def test_what_does_not_fit(expected, observed, path, text):
    """The first place where it differs is named by its path, with what should be there and what is."""
    assert mismatch(expected, observed) == Mismatch(path, text)


def test_long_values_are_cut():
    """A message shows 160 characters of a value, whatever it is."""
    assert shorten("x" * 1000) == "x" * 159 + "…"
    assert len(shorten(list(range(1000)))) == 160
    assert shorten({"grüße": "🍜"}) == '{"grüße": "🍜"}'
    assert shorten({"when": object}) == '{"when": "<class \'object\'>"}'
