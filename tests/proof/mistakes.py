"""Does a report name the mistake that the work makes? Held against the `names` of a submission's expect.toml."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

__all__ = ["Naming", "likely_mistakes", "naming", "strangers"]

_MARK = "likely mistake: "


class Naming(StrEnum):
    """How well the likely mistakes of a report fit the work."""

    RIGHT = "named right"
    NOT = "not named"
    WRONG = "named wrong"
    """At least one likely mistake is none that the work makes."""


def likely_mistakes(messages: Iterable[str]) -> list[str]:
    """Give each likely mistake that messages of a report tell, once; it is a message's last line, if it is there."""
    last_lines = (message.rpartition("\n")[2] for message in messages)
    return list(dict.fromkeys(line.removeprefix(_MARK) for line in last_lines if line.startswith(_MARK)))


def strangers(mistakes: Iterable[str], names: Sequence[str]) -> list[str]:
    """Give the likely mistakes that hold none of the fragments (case is no matter)."""
    return [mistake for mistake in mistakes if not any(name.lower() in mistake.lower() for name in names)]


def naming(mistakes: Sequence[str], names: Sequence[str]) -> Naming:
    """Judge the likely mistakes of one report by the fragments that name what is wrong with the work."""
    if strangers(mistakes, names):
        return Naming.WRONG
    return Naming.RIGHT if mistakes else Naming.NOT
