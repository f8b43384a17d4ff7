"""A program of the learner's that was run to its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from foodcourt.grading.timeline import Event
from foodcourt.grading.tracebacks import Traceback, last_traceback
from foodcourt.grading.verdicts import Evidence
from foodcourt.processes.service import describe_exit

__all__ = ["Finished"]

_SHOWN = 160
_LINES = 25


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a run.

    Attributes:
        name: what messages call the program.
        line: the shell line that does the same by hand.
        status: exit status, negative for the number of a signal; None: it did not end in time and was killed.
        stdout: what it wrote to stdout; undecodable bytes are U+FFFD, and of very much only the end is kept.
        stderr: the same of stderr.
        started: monotonic seconds when it was started.
        elapsed: seconds until it ended or was killed.
        folder: where the learner's files lie.
    """

    name: str
    line: str
    status: int | None
    stdout: str
    stderr: str
    started: float
    elapsed: float
    folder: Path

    @property
    def ended(self) -> str:
        """How it ended, in words."""
        return f"no end within {self.elapsed:.1f} s" if self.status is None else describe_exit(self.status)

    def traceback(self) -> Traceback | None:
        """Find the last traceback that it wrote to stderr, shortened to the learner's frames."""
        return last_traceback(self.stderr, self.folder)

    def events(self) -> list[Event]:
        """Give the run as events for a timeline."""
        text = " ".join(self.stdout[: 4 * _SHOWN].split())[:_SHOWN]
        return [
            Event(self.started, "checker", f"runs {self.line}"),
            Event(self.started + self.elapsed, self.name, f"{self.ended}; its stdout: {text or '(nothing)'}"),
        ]

    def by_hand(self) -> list[str]:
        """Give the lines that do the same, one for each terminal."""
        return [self.line]

    def evidence(self) -> list[Evidence]:
        """Give the ends of both outputs."""
        outputs = {"stdout": self.stdout, "stderr": self.stderr}
        return [
            Evidence(
                "log",
                f"what {self.name} wrote to {name}",
                "\n".join(line[:500] for line in text.splitlines()[-_LINES:]),
            )
            for name, text in outputs.items()
            if text.strip()
        ]
