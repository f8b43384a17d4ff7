"""What the grader tells a checker: what to grade, who listens, and who starts programs."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

__all__ = ["Assignment", "pytest_arguments"]

_FOLDER, _SANDBOX = "FOODCOURT_FOLDER", "FOODCOURT_SANDBOX"
_GRADER, _PROGRAMS = "FOODCOURT_GRADER_FD", "FOODCOURT_PROGRAMS_FD"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One submission to be graded by one checker, which is told so by its environment.

    Attributes:
        folder: everything about it lies here; the work itself in `submission`, which may come later.
        sandbox: whether there has to be one: `if possible`, `required` or `off`.
        grader: descriptor of the socket to report to.
        programs: descriptor of the fork server that starts the learner's programs.
    """

    folder: Path
    sandbox: str
    grader: int
    programs: int

    @property
    def submission(self) -> Path:
        """The work as it was handed in."""
        return self.folder / "submission"

    @property
    def area(self) -> Path:
        """What becomes the sandbox's."""
        return self.folder / "area"

    @property
    def logs(self) -> Path:
        """Where the learner's programs are logged."""
        return self.folder / "logs"

    def environment(self) -> dict[str, str]:
        """Give what `descriptors` leaves to be told."""
        return {_FOLDER: str(self.folder), _SANDBOX: self.sandbox}

    def descriptors(self) -> dict[str, int]:
        """Give the descriptors to hand on, by the variables that tell their numbers there."""
        return {_GRADER: self.grader, _PROGRAMS: self.programs}

    @classmethod
    def told(cls, environment: Mapping[str, str] = os.environ) -> Assignment | None:
        """Give what this process was told; None: pytest was started by hand."""
        if _FOLDER not in environment:
            return None
        return cls(
            Path(environment[_FOLDER]),
            environment[_SANDBOX],
            int(environment[_GRADER]),
            int(environment[_PROGRAMS]),
        )

    def channel(self) -> IO[str]:
        """Open the line to the grader."""
        with socket.socket(fileno=self.grader) as connection:
            return connection.makefile("rw")


def pytest_arguments(checker: Path) -> list[str]:
    """Give what pytest is called with to run the checks in the folder `checker`."""
    # What pytest opens to capture output would be closed in a forked child; and what a checker says is for its log.
    own = ("--capture=no", "-pno:faulthandler")
    return [str(checker), f"--rootdir={checker.parent}", f"--config-file={checker.parent / 'pytest.ini'}", *own]
