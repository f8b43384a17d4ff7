"""Submissions that resemble each other, as `OUT/similarity.json` says, if somebody has had that written."""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foodcourt.reports.files import write_atomically
from foodcourt.reports.parsing import Damage, load_list, take, take_number

__all__ = ["FILE_NAME", "Passage", "Similar", "read_similar", "write_similar"]

FILE_NAME = "similarity.json"
_PASSAGES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of one submission that resemble lines of another; lines count from 1, both ends belong to it."""

    file: str
    lines: tuple[int, int]
    other_file: str
    other_lines: tuple[int, int]


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


def write_similar(out: Path, found: str, compared: Container[str]) -> None:
    """Write what resembles what; what is told already of exercises that were not compared stays.

    Args:
        out: the folder of the class.
        found: what was found now, in JSON.
        compared: the slugs of the exercises that were looked at.

    Raises:
        OSError: it cannot be written.
    """
    try:
        told = load_list((out / FILE_NAME).read_bytes())
        kept = [pair for pair in told if take(pair, "exercise", str) not in compared]
    except (OSError, Damage):
        kept = []
    if kept:
        found = json.dumps(json.loads(found) + kept) + "\n"
    write_atomically(out / FILE_NAME, found)


def read_similar(out: Path) -> tuple[dict[tuple[str, str], tuple[Similar, ...]], str]:
    """Read what resembles what: for exercise and learner the others, the most similar first.

    Args:
        out: the folder of the class.

    Returns:
        What was found, nothing where it is not written; and, as a sentence, why it cannot be read.
    """
    try:
        pairs = load_list((out / FILE_NAME).read_bytes())
        found: dict[tuple[str, str], list[Similar]] = {}
        for pair in pairs:
            exercise, a, b = (take(pair, name, str) for name in ("exercise", "a", "b"))
            score = take_number(pair, "score", float)
            there = tuple(_passage(one) for one in take(pair, "passages", list)[:_PASSAGES_SHOWN])
            back = tuple(Passage(p.other_file, p.other_lines, p.file, p.lines) for p in there)
            found.setdefault((exercise, a), []).append(Similar(b, score, there))
            found.setdefault((exercise, b), []).append(Similar(a, score, back))
    except FileNotFoundError:
        return {}, ""
    except OSError as error:
        return {}, f"similar submissions are not shown: cannot read {out / FILE_NAME}: {error}"
    except Damage as error:
        return {}, f"similar submissions are not shown: {out / FILE_NAME} is not what it should be: {error}"
    return {key: tuple(sorted(others, key=lambda other: -other.score)) for key, others in found.items()}, ""


def _passage(told: Any) -> Passage:
    file, other_file = take(told, "a_file", str), take(told, "b_file", str)
    return Passage(file, _lines(told, "a_lines"), other_file, _lines(told, "b_lines"))


def _lines(told: Any, key: str) -> tuple[int, int]:
    lines = take(told, key, list)
    if len(lines) != 2 or not all(type(line) is int and line >= 1 for line in lines):
        raise Damage(f"expected two line numbers under {key!r}, found {str(lines)[:60]}")
    return lines[0], lines[1]
