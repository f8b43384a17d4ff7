"""Submissions that resemble each other, as `OUT/similarity.json` says, if somebody has had that written."""

from __future__ import annotations

import itertools
import json
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from foodcourt.reports.files import write_atomically
from foodcourt.reports.parsing import Damage, load_list, take, take_name, take_number

__all__ = [
    "FILE_NAME",
    "MOST_PAIRS",
    "AlikeWork",
    "Pair",
    "Passage",
    "Similar",
    "read_pairs",
    "read_similar",
    "write_similar",
]

FILE_NAME = "similarity.json"
MOST_PAIRS = 500
"""Nobody looks at more of an exercise; 33 copies of one are more."""
_PASSAGES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of one submission that resemble lines of another; lines count from 1, both ends belong to it."""

    file: str
    lines: tuple[int, int]
    other_file: str
    other_lines: tuple[int, int]

    @property
    def length(self) -> int:
        """How many lines it is in the submission where it is longer."""
        return max(last - first + 1 for first, last in (self.lines, self.other_lines))

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
class Pair:
    """Two submissions that resemble each other.

    Attributes:
        exercise: the slug of what they are of.
        a: whose one of them is.
        b: whose the other is.
        score: 0 to 1, how much they resemble each other.
        passages: where, seen from the first, the longest first.
    """

    exercise: str
    a: str
    b: str
    score: float
    passages: tuple[Passage, ...]

    def other_than(self, learner: str) -> Similar:
        """Give it as it is seen from one of the two."""
        if learner == self.a:
            return Similar(self.b, self.score, self.passages)
        return Similar(self.a, self.score, tuple(passage.seen_from_the_other() for passage in self.passages))


class AlikeWork:
    """What resembles what in a class."""

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        """Sort pairs by their exercise, and by who is in them."""
        self._all: dict[str, list[Pair]] = {}
        self._pairs: dict[tuple[str, str], list[Pair]] = {}
        for pair in sorted(pairs, key=lambda pair: -pair.score):
            self._all.setdefault(pair.exercise, []).append(pair)
            for learner in (pair.a, pair.b):
                self._pairs.setdefault((pair.exercise, learner), []).append(pair)

    def pairs(self, exercise: str) -> tuple[Pair, ...]:
        """Give the pairs of an exercise, the most similar first."""
        return tuple(self._all.get(exercise, ()))

    def to(self, exercise: str, learner: str) -> list[Similar]:
        """Give the submissions of an exercise that resemble a learner's, the most similar first."""
        return [pair.other_than(learner) for pair in self._pairs.get((exercise, learner), ())]


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
        return _read(out / FILE_NAME, _PASSAGES_SHOWN), ""
    except FileNotFoundError:
        return AlikeWork(), ""
    except (OSError, Damage) as error:
        return AlikeWork(), _problem(out, error)


def read_pairs(out: Path) -> tuple[AlikeWork | None, str]:
    """Read the same with no passage but the longest of each pair; once, as long as the file stays as it is.

    Args:
        out: the folder of the class.

    Returns:
        What was found, None where it is not written or cannot be read; and, as a sentence, why it cannot be read.
    """
    path = out / FILE_NAME
    try:
        state = path.stat()
        return _read_once(path, (state.st_ino, state.st_mtime_ns, state.st_size)), ""
    except FileNotFoundError:
        return None, ""
    except (OSError, Damage) as error:
        return None, _problem(out, error)


@lru_cache(maxsize=1)
def _read_once(path: Path, state: tuple[int, ...]) -> AlikeWork:
    return _read(path, 1)


def _read(path: Path, passages: int) -> AlikeWork:
    # Made into what is kept while it is read: as a tree, a thousand pairs take five times as much memory.
    pairs = load_list(path.read_bytes(), partial(_pair_or_passage, passages))
    if not all(isinstance(pair, Pair) for pair in pairs):
        raise Damage("expected a list of pairs, found something else in it")
    return AlikeWork(pairs)


def _problem(out: Path, error: OSError | Damage) -> str:
    if isinstance(error, OSError):
        return f"similar submissions are not shown: cannot read {out / FILE_NAME}: {error}"
    return f"similar submissions are not shown: {out / FILE_NAME} is not what it should be: {error}"


def _pair_or_passage(passages: int, told: dict[str, Any]) -> Pair | Passage:
    return _pair(told, passages) if "exercise" in told else _passage(told)


def _pair(told: dict[str, Any], shown: int) -> Pair:
    passages = take(told, "passages", list)[:shown]
    if not all(isinstance(passage, Passage) for passage in passages):
        raise Damage("expected passages under 'passages', found something else in it")
    score = take_number(told, "score", float)
    return Pair(take_name(told, "exercise"), take_name(told, "a"), take_name(told, "b"), score, tuple(passages))


def _passage(told: dict[str, Any]) -> Passage:
    return Passage(
        take_name(told, "a_file"), _lines(told, "a_lines"), take_name(told, "b_file"), _lines(told, "b_lines")
    )


def _lines(told: dict[str, Any], key: str) -> tuple[int, int]:
    lines = take(told, key, list)
    if len(lines) != 2 or not all(type(line) is int and line >= 1 for line in lines):
        raise Damage(f"expected two line numbers under {key!r}, found {str(lines)[:60]}")
    return lines[0], lines[1]
