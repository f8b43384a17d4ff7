"""Every error that Food Court raises on purpose.

::

    FoodCourtError
    ├── UsageError             what was asked for cannot be done: nobody's code is at fault
    ├── ServiceError           a process that we started did not do what it should
    │   ├── ServiceExited      it ended by itself
    │   └── ServiceNotReady    it runs, but its readiness probe never passed
    ├── BrokerUnavailable      no broker of that kind can be reached or started here
    ├── NoSandbox              learners' programs cannot be locked in here
    ├── ResultsDamaged         what was stored of a class is damaged: nobody's code is at fault
    ├── SandboxLost            learners' programs ended their own sandbox, or stopped what starts them in it
    └── GraderError            the grader itself broke: never the learner's fault

A message says what was expected, what happened and what to do next.
"""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "BrokerUnavailable",
    "FoodCourtError",
    "GraderError",
    "NoSandbox",
    "ResultsDamaged",
    "SandboxLost",
    "ServiceError",
    "ServiceExited",
    "ServiceNotReady",
    "UsageError",
]


class FoodCourtError(Exception):
    """Base of everything that this package raises on purpose."""


class UsageError(FoodCourtError):
    """What was asked for cannot be done; the message ends with the next command to type."""


class ServiceError(FoodCourtError):
    """A process that we started did not do what it should.

    Attributes:
        service: the name it was started under.
        tail: the last lines of its output, as text.
        log_path: where the whole output lies.
    """

    def __init__(self, message: str, *, service: str, tail: str = "", log_path: Path | None = None) -> None:
        """Build the message from what happened, the last lines of output and the log's path."""
        self.service = service
        self.tail = tail
        self.log_path = log_path
        parts = [message]
        if tail:
            parts.append("its last lines were:\n" + "\n".join(f"  | {line}" for line in tail.splitlines()))
        if log_path is not None:
            parts.append(f"whole log: {log_path}")
        super().__init__("\n".join(parts))


class ServiceExited(ServiceError):
    """A process ended although it was meant to go on.

    Attributes:
        status: its exit status; negative for the number of the signal that ended it.
    """

    def __init__(
        self, message: str, *, service: str, status: int | None, tail: str = "", log_path: Path | None = None
    ) -> None:
        """Keep the exit status beside what every `ServiceError` holds."""
        self.status = status
        super().__init__(message, service=service, tail=tail, log_path=log_path)


class ServiceNotReady(ServiceError):
    """A process runs, but its readiness probe did not pass in time."""


class BrokerUnavailable(FoodCourtError):
    """No broker of that kind can be reached or started; the message names the command that installs one."""


class NoSandbox(FoodCourtError):
    """Learners' programs cannot be locked in on this machine; the message says why and what to install."""


class ResultsDamaged(FoodCourtError):
    """What `foodcourt grade` stored cannot be read, or is no longer what it wrote; the message names the file."""


class SandboxLost(FoodCourtError):
    """No program can be started in a sandbox any more, or not in time: what runs in there saw to that."""


class GraderError(FoodCourtError):
    """The grader broke. Reported as `error`, exit code 2; never costs the learner a point."""
