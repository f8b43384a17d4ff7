"""Reading back the JSON that we wrote ourselves, and saying what is wrong when it was damaged since.

pydantic cannot hold half of a surrogate pair, which the answer of a learner's service or the name of a folder may
bring in; and the schema, which could, takes milliseconds a file: too much for a class.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["Damage", "load_list", "load_object", "take", "take_name", "take_number", "take_texts"]

T = TypeVar("T")
_NAMES = {str: "text", int: "a whole number", bool: "true or false", list: "a list", dict: "an object"}


class Damage(ValueError):
    """A file is not what we wrote; the message says what was expected and what is there."""


def load_object(data: str | bytes) -> dict[str, Any]:
    """Read one JSON object.

    Raises:
        Damage: it is something else.
    """
    return _load(data, dict)


def load_list(data: str | bytes, made_of: Callable[[dict[str, Any]], Any] | None = None) -> list[Any]:
    """Read one JSON list.

    Args:
        data: the text.
        made_of: makes what is kept of each object in it, the innermost first; may raise `Damage`.

    Raises:
        Damage: it is something else.
    """
    return _load(data, list, made_of)


def _load(data: str | bytes, kind: type[T], made_of: Callable[[dict[str, Any]], Any] | None = None) -> T:
    try:
        found = json.loads(data, object_hook=made_of)
    except Damage:
        raise
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise Damage(f"it is no JSON: {error}") from error
    if type(found) is not kind:
        raise Damage(f"expected {_NAMES[kind]}, found {_told(found)}")
    return found


def take(table: Any, key: str, kind: type[T]) -> T:
    """Give what an object holds under a key, of exactly that type.

    Raises:
        Damage: it is no object, lacks the key, or holds something else.
    """
    if type(table) is not dict:
        raise Damage(f"expected an object with {key!r}, found {_told(table)}")
    if key not in table:
        raise Damage(f"{key!r} is missing")
    value = table[key]
    # True is an int to isinstance.
    if type(value) is not kind:
        raise Damage(f"expected {_NAMES[kind]} under {key!r}, found {_told(value)}")
    return value


def take_name(table: Any, key: str) -> str:
    """Give a text that is told again and again, of which one is held for all.

    Raises:
        Damage: there is none.
    """
    return sys.intern(take(table, key, str))


def take_texts(table: Any, key: str) -> list[str]:
    """Give a list of texts.

    Raises:
        Damage: there is none.
    """
    texts = take(table, key, list)
    if strange := [value for value in texts if type(value) is not str]:
        raise Damage(f"expected a list of text under {key!r}, found {_told(strange[0])} in it")
    return texts


def take_number(table: dict[str, Any], key: str, kind: type[int] | type[float]) -> float:
    """Give a finite number that is not negative.

    Args:
        table: the object.
        key: where it holds the number.
        kind: `int` where it has to be whole.

    Raises:
        Damage: there is none.
    """
    value = table.get(key)
    if type(value) is kind or (type(value) is int and kind is float):
        assert isinstance(value, int | float)
        if math.isfinite(value) and value >= 0:
            return value
    raise Damage(f"expected a number of 0 or more under {key!r}, found {_told(table.get(key))}")


def _told(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "…"
