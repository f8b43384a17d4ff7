"""The learner's tracebacks: found in a log, shortened to the learner's own frames, and read for the mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Traceback", "last_traceback"]

_HEAD = re.compile(r"^[\s|+-]*(Exception Group )?Traceback \(most recent call last\):\s*$")
_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)(, in (?P<function>.+))?$')
_ERROR = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*)(: (?P<text>.*))?$")

# What a traceback's last line betrays, wherever it was raised. First match wins; nothing is said when unsure.
_SIGNATURES = (
    (r"'coroutine' object|coroutine '.*' was never awaited", "an `await` is missing before an async call"),
    (r"client has been closed", "the httpx client is used after it was closed"),
    (
        r"bound to a different event loop|Event loop is closed",
        "the client was made in another event loop than it is used in",
    ),
    (r"^RetryError", "tenacity's RetryError leaks; use reraise=True"),
    (
        r"Object of type .* is not JSON serializable|PydanticSerializationError",
        "the route returns an object that is no JSON",
    ),
    (
        r"^(httpx\.)?ConnectError|^ConnectionRefusedError",
        "httpx.ConnectError is not caught: a refused connection is no timeout",
    ),
    (r"^(httpx\.)?(Read|Connect|Write|Pool)Timeout", "httpx.TimeoutException is not caught"),
    (
        r"^(httpx\.)?(RemoteProtocolError|ReadError|WriteError)",
        "httpx.TransportError is not caught: a connection can drop midway",
    ),
    (r"^(httpx\.)?HTTPStatusError", "httpx.HTTPStatusError of raise_for_status() is not caught"),
    (
        r"^(json\.decoder\.)?JSONDecodeError|^(requests\.exceptions\.)?JSONDecodeError",
        "an answer that is no JSON is not expected",
    ),
    (r"^ModuleNotFoundError: No module named", "a module is imported that is neither in the folder nor installed"),
    (r"^(SyntaxError|IndentationError|TabError)", "the file is not valid Python"),
)


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
        return next((mistake for pattern, mistake in _SIGNATURES if re.search(pattern, self.error)), "")

    def __str__(self) -> str:
        """Show it as Python does, with nothing but the learner's frames."""
        return "\n".join(["Traceback (most recent call last), your files only:", *self.frames, self.error])


def last_traceback(log: str, folder: Path) -> Traceback | None:
    """Find the last traceback in a log.

    Args:
        log: output of a Python program.
        folder: where the learner's files lie; frames in files outside it are left out.
    """
    lines = log.splitlines()
    heads = [number for number, line in enumerate(lines) if _HEAD.match(line)]
    if not heads:
        return _bare_syntax_error(lines, folder)
    frames: list[str] = []
    error = where = ""
    number = heads[-1] + 1
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
                frames.append("\n".join([f"  {where}{inside}", *block[1:]]))
        elif line and not line.startswith(" "):
            if not _ERROR.match(line):
                break
            error = line
            break
        number += 1
    return Traceback(error[:500], tuple(frames), where) if error else None


def _bare_syntax_error(lines: list[str], folder: Path) -> Traceback | None:
    """A SyntaxError of the main file has no `Traceback` line."""
    for number, line in enumerate(lines):
        frame = _FRAME.match(line)
        if frame and Path(frame["file"]).is_relative_to(folder):
            rest = lines[number + 1 : number + 4]
            error = next((text for text in rest if re.match(r"^\w*Error: ", text)), "")
            if error:
                where = f"{Path(frame['file']).relative_to(folder)}:{frame['line']}"
                return Traceback(error[:500], (f"  {where}",), where)
    return None
