"""What differs between the solution and a submission, as a unified diff."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from foodcourt.review.folders import File

__all__ = ["Difference", "differences"]

_LINES_COMPARED = 2_000
_LINES_SHOWN = 1_500


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference in one file of the solution.

    Attributes:
        name: the file.
        lines: of the unified diff, each with its kind: `add`, `del`, `head` or `same`.
        note: what to know besides; empty for nothing.
    """

    name: str
    lines: tuple[tuple[str, str], ...]
    note: str = ""


def differences(solution: Path, files: Iterable[File]) -> Iterator[Difference]:
    """Compare each text file of the solution with the one of the same name that was handed in.

    Args:
        solution: the solution's folder.
        files: what was handed in.
    """
    handed_in = {file.name: file for file in files}
    for path in sorted(solution.glob("*")):  # nothing where the workbook comes without solutions
        if path.suffix not in (".py", ".proto") or path.stem.endswith(("_pb2", "_pb2_grpc")):
            continue
        file = handed_in.get(path.name)
        if file is None:
            yield Difference(path.name, (), "was not handed in")
        elif file.text is None:
            yield Difference(path.name, (), f"cannot be compared: {file.note}")
        else:
            yield _compare(path.name, path.read_text(encoding="utf-8").splitlines(), file.text.split("\n"))


def _compare(name: str, right: list[str], theirs: list[str]) -> Difference:
    notes = []
    if theirs and not theirs[-1]:
        theirs = theirs[:-1]
    # The time that a diff takes grows with the product of the lengths.
    if len(theirs) > _LINES_COMPARED:
        theirs = theirs[:_LINES_COMPARED]
        notes.append(f"only the first {_LINES_COMPARED:,} lines were compared")
    lines = list(difflib.unified_diff(right, theirs, f"solution/{name}", f"handed in/{name}", lineterm=""))
    if not lines:
        notes.append("is the same as the solution")
    if len(lines) > _LINES_SHOWN:
        lines = lines[:_LINES_SHOWN]
        notes.append(f"only the first {_LINES_SHOWN:,} lines of the difference are shown")
    return Difference(name, tuple((_kind(line, number), line) for number, line in enumerate(lines)), "; ".join(notes))


def _kind(line: str, number: int) -> str:
    if number < 2 or line.startswith("@@"):
        return "head"
    return {"+": "add", "-": "del"}.get(line[:1], "same")
