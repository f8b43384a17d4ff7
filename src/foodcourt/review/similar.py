"""Submissions that resemble each other, as `OUT/similarity.json` says, if somebody has had that written."""

from __future__ import annotations

import itertools
import json
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foodcourt.reports.files import write_atomically
from foodcourt.reports.parsing import Damage, load_list, take, take_name, take_number

__all__ = ["FILE_NAME", "AlikeWork", "Passage", "Similar", "read_similar", "write_similar"]

FILE_NAME = "similarity.json"
_PASSAGES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of one submission that resemble lines of another; lines count from 1, both ends belong to it."""

    file: str
    lines: tuple[int, int]
    other_file: str
    other_lines: tuple[int, int]

    def seen_from_the_other(self) -> Passage:
        """Give the same with the sides changed."""
        return Passage(self.other_file, self.other_lines, self.file, self.lines)


@dataclass(frozen=True, slots=True)
class Similar:
    """Another submission of the same exercise.

    Attributes:
        learner: whose it is.
        score: 0 to 1, how much they resemble each other.
        passages: where.
    """

    learner: str
    score: float
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    exercise: str
    a: str
    b: str
    score: float
    passages: tuple[Passage, ...]

    def other_than(self, learner: str) -> Similar:
        if learner == self.a:
            return Similar(self.b, self.score, self.passages)
        return Similar(self.a, self.score, tuple(passage.seen_from_the_other() for passage in self.passages))


class AlikeWork:
    """What resembles what in a class."""

    def __init__(self, pairs: Iterable[_Pair] = ()) -> None:
        """Sort pairs by who is in them."""
        self._pairs: dict[tuple[str, str], list[_Pair]] = {}
        for pair in pairs:
            for learner in (pair.a, pair.b):
                self._pairs.setdefault((pair.exercise, learner), []).append(pair)

    def to(self, exercise: str, learner: str) -> list[Similar]:
        """Give the submissions of an exercise that resemble a learner's, the most similar first."""
        pairs = sorted(self._pairs.get((exercise, learner), ()), key=lambda pair: -pair.score)
        return [pair.other_than(learner) for pair in pairs]


def write_similar(out: Path, found: Iterable[dict[str, Any]], compared: Container[str]) -> None:
    """Write what resembles what, a pair a line; what is told already of exercises that were not compared stays.

    The file is in ASCII, whatever learners and files are called.

    Args:
        out: the folder of the class.
        found: the pairs that were found now, as JSON objects.
        compared: the slugs of the exercises that were looked at.

    Raises:
        OSError: it cannot be written.
    """
    try:
        told = load_list((out / FILE_NAME).read_bytes())
        kept = [pair for pair in told if take(pair, "exercise", str) not in compared]
    except (OSError, Damage):
        kept = []
    lines = (json.dumps(pair) for pair in itertools.chain(found, kept))
    write_atomically(out / FILE_NAME, itertools.chain(["["], _joined(lines), ["]\n"]))


def _joined(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f",\n{line}" if number else line


def read_similar(out: Path) -> tuple[AlikeWork, str]:
    """Read what resembles what.

    Args:
        out: the folder of the class.

    Returns:
        What was found, nothing where it is not written; and, as a sentence, why it cannot be read.
    """
    try:
        # Made into what is kept while it is read: as a tree, a thousand pairs take five times as much memory.
        pairs = load_list((out / FILE_NAME).read_bytes(), _pair_or_passage)
        if not all(isinstance(pair, _Pair) for pair in pairs):
            raise Damage("expected a list of pairs, found something else in it")
        return AlikeWork(pairs), ""
    except FileNotFoundError:
        return AlikeWork(), ""
    except OSError as error:
        return AlikeWork(), f"similar submissions are not shown: cannot read {out / FILE_NAME}: {error}"
    except Damage as error:
        return AlikeWork(), f"similar submissions are not shown: {out / FILE_NAME} is not what it should be: {error}"


def _pair_or_passage(told: dict[str, Any]) -> _Pair | Passage:
    return _pair(told) if "exercise" in told else _passage(told)


def _pair(told: dict[str, Any]) -> _Pair:
    passages = take(told, "passages", list)[:_PASSAGES_SHOWN]
    if not all(isinstance(passage, Passage) for passage in passages):
        raise Damage("expected passages under 'passages', found something else in it")
    score = take_number(told, "score", float)
    return _Pair(take_name(told, "exercise"), take_name(told, "a"), take_name(told, "b"), score, tuple(passages))


def _passage(told: dict[str, Any]) -> Passage:
    return Passage(
        take_name(told, "a_file"), _lines(told, "a_lines"), take_name(told, "b_file"), _lines(told, "b_lines")
    )


def _lines(told: dict[str, Any], key: str) -> tuple[int, int]:
    lines = take(told, key, list)
    if len(lines) != 2 or not all(type(line) is int and line >= 1 for line in lines):
        raise Damage(f"expected two line numbers under {key!r}, found {str(lines)[:60]}")
    return lines[0], lines[1]
