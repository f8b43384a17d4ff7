"""The source code of a submission in blocks, and what stands in two submissions, side by side."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from foodcourt.catalog import Exercise
from foodcourt.errors import UsageError
from foodcourt.grading.intake import Piece, pieces
from foodcourt.similarity.fingerprints import GRAM, blocks, fingerprints

__all__ = ["Block", "Passage", "find_passages", "read_blocks"]

_BYTES = 1 << 19
_WORDS = 8_000
"""The solutions have 300 to 1,000. More in front hides no copy: files named like the exercise's are read first."""
_GENERATED = ("_pb2.py", "_pb2_grpc.py")
_SHOWN = 20
_PLACES = 16
"""Of a run that a submission repeats so often, no more places are tried."""


@dataclass(frozen=True, slots=True)
class Block:
    """A function, a class, or what stands between them.

    Attributes:
        file: the path of its file, relative to the submission's folder.
        lines: the line of each word.
        prints: the fingerprints of each run of words in it.
    """

    # Arrays: those of a whole class are held at a time.
    file: str
    lines: array[int]
    prints: array[int]


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands in two files.

    Attributes:
        a_file: the path of one of them, relative to its submission's folder.
        a_lines: the first and last line in it, from 1.
        b_file: the path of the other.
        b_lines: the first and last line in that.
    """

    a_file: str
    a_lines: tuple[int, int]
    b_file: str
    b_lines: tuple[int, int]


def read_blocks(folder: Path, exercise: Exercise) -> tuple[Block, ...]:
    """Read the Python files of a submission, as much of them as is worth comparing; none if it cannot be read."""

    def order(piece: Piece) -> tuple[bool, str]:
        return (str(piece.path) not in exercise.files, str(piece.path))

    try:
        sources = sorted((piece for piece in pieces(folder) if piece.path.suffix == ".py"), key=order)
    except (UsageError, OSError):
        return ()
    found: list[Block] = []
    size = count = 0
    for piece in sources:
        if piece.data is None or piece.path.name.endswith(_GENERATED):
            continue
        data = piece.data[: _BYTES - size]
        size += len(data)
        for words in blocks(data.decode("utf-8-sig", "replace")):
            words = words[: _WORDS - count]
            count += len(words)
            lines = [word.line for word in words]
            found.append(Block(str(piece.path), array("I", lines), array("Q", fingerprints(words))))
        if size >= _BYTES or count >= _WORDS:
            break
    return tuple(found)


def find_passages(a: Sequence[Block], b: Sequence[Block], given: Collection[int] = ()) -> tuple[Passage, ...]:
    """Find what stands in both of two submissions, the longest passages first.

    Args:
        a: one submission.
        b: the other.
        given: fingerprints of what is no passage: the starter's code.
    """
    places: dict[int, list[tuple[Block, int]]] = defaultdict(list)
    for block in b:
        for at, number in enumerate(block.prints):
            if number not in given and len(places[number]) < _PLACES:
                places[number].append((block, at))
    found = [passage for block in a for passage in _passages(block, places)]
    joined = _joined(sorted(found, key=lambda one: (one.a_file, one.a_lines)))
    return tuple(sorted(joined, key=lambda one: one.a_lines[0] - one.a_lines[1])[:_SHOWN])


def _passages(block: Block, places: dict[int, list[tuple[Block, int]]]) -> Iterator[Passage]:
    at = 0
    while at < len(block.prints):
        runs = ((_run(block, at, other, start), other, start) for other, start in places.get(block.prints[at], ()))
        length, other, start = max(runs, key=lambda run: run[0], default=(0, block, 0))
        if length:
            yield Passage(block.file, _lines(block, at, length), other.file, _lines(other, start, length))
        at += max(length, 1)


def _run(block: Block, at: int, other: Block, start: int) -> int:
    """Count the fingerprints in a row that two blocks share from two places on."""
    length = 0
    most = min(len(block.prints) - at, len(other.prints) - start)
    while length < most and block.prints[at + length] == other.prints[start + length]:
        length += 1
    return length


def _lines(block: Block, at: int, length: int) -> tuple[int, int]:
    return block.lines[at], block.lines[at + length + GRAM - 2]


def _joined(passages: Sequence[Passage]) -> list[Passage]:
    """Join passages that follow each other in both files."""
    joined: list[Passage] = []
    for one in passages:
        last = joined[-1] if joined else None
        if (
            last is not None
            and (last.a_file, last.b_file) == (one.a_file, one.b_file)
            and last.a_lines[0] <= one.a_lines[0] <= last.a_lines[1] + 1
            and last.b_lines[0] <= one.b_lines[0] <= last.b_lines[1] + 1
        ):
            a_end, b_end = max(last.a_lines[1], one.a_lines[1]), max(last.b_lines[1], one.b_lines[1])
            joined[-1] = Passage(last.a_file, (last.a_lines[0], a_end), last.b_file, (last.b_lines[0], b_end))
        else:
            joined.append(one)
    return joined
