"""The learner's tracebacks: found in a log, shortened to the learner's own frames, and read for the mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from foodcourt.grading.signatures import likely_mistake

__all__ = ["Traceback", "last_traceback"]

_HEAD = re.compile(
    r"^(?:[A-Z]+:\s*+)?(?P<margin>[\s|+]*+)(Exception Group )?Traceback \(most recent call last\):\s*$"
)
_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)(, in (?P<function>.+))?$')
_FRAMES, _LINES, _WIDTH = 20, 6, 500
"""How many frames are told, lines of each, and characters of a line: what stands in a log may be made up."""
_ERROR = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*)(: (?P<text>.*))?$")


@dataclass(frozen=True, slots=True)
class Traceback:
    """A traceback found in a learner's output.

    Attributes:
        error: its last line, such as `KeyError: 'email'`.
        frames: the learner's own frames, as `file.py:12 in get_user` with the source line below.
        where: the innermost of them as `file.py:12`, or empty.
    """

    error: str
    frames: tuple[str, ...]
    where: str

    @property
    def mistake(self) -> str:
        """The mistake that its last line betrays; empty when unsure."""
        return likely_mistake(self.error)

    def __str__(self) -> str:
        """Show it as Python does, with nothing but the learner's frames, of which the innermost are told."""
        left_out = len(self.frames) - _FRAMES
        head = [f"  … {left_out} more frames …"] if left_out > 0 else []
        return "\n".join(
            ["Traceback (most recent call last), your files only:", *head, *self.frames[-_FRAMES:], self.error]
        )


def last_traceback(log: str, folder: Path) -> Traceback | None:
    """Find the last traceback in a log.

    Args:
        log: output of a Python program.
        folder: where the learner's files lie; frames in files outside it are left out.
    """
    lines = log.splitlines()
    heads = [(number, head) for number, line in enumerate(lines) if (head := _HEAD.match(line))]
    if not heads:
        return _bare_syntax_error(lines, folder)
    frames: list[str] = []
    error = where = ""
    number, head = heads[-1]
    # Every line of an exception group stands behind a margin such as `    | `; in its head it may be `    + `.
    margin = head["margin"].replace("+", "|")
    lines = [line.removeprefix(margin) for line in lines]
    number += 1
    while number < len(lines):
        line = lines[number]
        if frame := _FRAME.match(line):
            block = [line]
            while number + 1 < len(lines) and lines[number + 1].startswith("    "):
                number += 1
                block.append(lines[number])
            path = Path(frame["file"])
            if path.is_relative_to(folder):
                where = f"{path.relative_to(folder)}:{frame['line']}"
                inside = f" in {frame['function']}" if frame["function"] else ""
                frames.append("\n".join(text[:_WIDTH] for text in [f"  {where}{inside}", *block[1:_LINES]]))
        elif line and not line.startswith(" "):
            if not _ERROR.match(line):
                break
            error = line
            break
        number += 1
    return Traceback(error[:500], tuple(frames), where[:_WIDTH]) if error else None


def _bare_syntax_error(lines: list[str], folder: Path) -> Traceback | None:
    """A SyntaxError of the main file has no `Traceback` line."""
    for number, line in enumerate(lines):
        frame = _FRAME.match(line)
        if frame and Path(frame["file"]).is_relative_to(folder):
            rest = lines[number + 1 : number + 4]
            error = next((text for text in rest if re.match(r"^\w*Error: ", text)), "")
            if error:
                where = f"{Path(frame['file']).relative_to(folder)}:{frame['line']}"
                return Traceback(error[:500], (f"  {where}"[:_WIDTH],), where[:_WIDTH])
    return None
