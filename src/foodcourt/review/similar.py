"""Submissions that resemble each other, as `OUT/similarity.json` says, if somebody has had that written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

__all__ = ["FILE_NAME", "Passage", "Similar", "read_similar"]

FILE_NAME = "similarity.json"
_PASSAGES_SHOWN = 20

_Lines = tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]


class _Passage(BaseModel):
    a_file: str
    a_lines: _Lines
    b_file: str
    b_lines: _Lines


class _Pair(BaseModel):
    exercise: str
    a: str
    b: str
    score: float = Field(ge=0, le=1)
    passages: list[_Passage] = []


_PAIRS = TypeAdapter(list[_Pair])


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


def read_similar(out: Path) -> tuple[dict[tuple[str, str], tuple[Similar, ...]], str]:
    """Read what resembles what: for exercise and learner the others, the most similar first.

    Args:
        out: the folder of the class.

    Returns:
        What was found, nothing where it is not written; and, as a sentence, why it cannot be read.
    """
    try:
        pairs = _PAIRS.validate_python(json.loads((out / FILE_NAME).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}, ""
    except (OSError, UnicodeDecodeError) as error:
        return {}, f"similar submissions are not shown: cannot read {out / FILE_NAME}: {error}"
    except (json.JSONDecodeError, ValidationError) as error:
        return {}, f"similar submissions are not shown: {out / FILE_NAME} is not what it should be: {error}"
    found: dict[tuple[str, str], list[Similar]] = {}
    for pair in pairs:
        there = tuple(Passage(p.a_file, p.a_lines, p.b_file, p.b_lines) for p in pair.passages[:_PASSAGES_SHOWN])
        back = tuple(Passage(p.other_file, p.other_lines, p.file, p.lines) for p in there)
        found.setdefault((pair.exercise, pair.a), []).append(Similar(pair.b, pair.score, there))
        found.setdefault((pair.exercise, pair.b), []).append(Similar(pair.a, pair.score, back))
    return {key: tuple(sorted(others, key=lambda other: -other.score)) for key, others in found.items()}, ""
