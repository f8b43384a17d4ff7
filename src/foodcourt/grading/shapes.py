"""Comparing a JSON answer with the shape that a contract asks for; extra keys are always fine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["Mismatch", "mismatch", "shorten"]

_NAMES = {
    object: "anything",
    int: "an integer",
    str: "a string",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where an answer is not of the expected shape.

    Attributes:
        path: such as `user.email`; empty for the answer as a whole.
        text: what is wrong there, as a sentence.
    """

    path: str
    text: str


def mismatch(expected: Any, observed: Any, path: str = "") -> Mismatch | None:
    """Find where `observed` is not of the expected shape; None when it is.

    Args:
        expected: a type (`int`; `object` for anything), a value (`"ok"`), or a dict of these by key.
        observed: parsed JSON.
        path: where `observed` stands in the answer, for the message.
    """
    where = path or "the answer"
    if isinstance(expected, type):
        allowed = (int, float) if expected is float else expected  # in JSON 1 and 1.0 are the same number
        if isinstance(observed, allowed) and not (expected in (int, float) and isinstance(observed, bool)):
            return None
        return Mismatch(path, f"{where} should be {_NAMES[expected]}, but is {shorten(observed)}")
    if isinstance(expected, dict):
        if not isinstance(observed, dict):
            return Mismatch(path, f"{where} should be an object with {_keys(expected)}, but is {shorten(observed)}")
        for key, value in expected.items():
            inner = f"{path}.{key}" if path else key
            if key not in observed:
                return Mismatch(inner, f"{inner} is missing")
            if found := mismatch(value, observed[key], inner):
                return found
        return None
    if observed == expected and isinstance(observed, bool) == isinstance(expected, bool):
        return None
    return Mismatch(path, f"{where} should be {shorten(expected)}, but is {shorten(observed)}")


def shorten(value: Any, limit: int = 160) -> str:
    """Write a value as JSON on one line, cut to `limit` characters."""
    text = (
        value
        if isinstance(value, str) and len(value) > limit
        else json.dumps(value, ensure_ascii=False, default=repr)
    )
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _keys(expected: dict[str, Any]) -> str:
    return " and ".join(f'"{key}"' for key in expected)
