"""A program of the learner's that runs while it is graded: a service, a server, a worker."""

from __future__ import annotations

import contextlib
import re
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from foodcourt.errors import FoodCourtError, SandboxLost, ServiceExited, ServiceNotReady
from foodcourt.grading.failures import SubmissionBroken
from foodcourt.grading.tracebacks import Traceback, last_traceback
from foodcourt.processes.logs import log_size, read_log
from foodcourt.processes.ports import NoFreePort
from foodcourt.processes.service import Service, describe_exit

if TYPE_CHECKING:
    from foodcourt.grading.submission import Submission

__all__ = ["READY_TIMEOUT", "LearnerProgram", "crowded_out", "line_by_hand", "require_file"]

READY_TIMEOUT = 15.0
"""Seconds that a program may take to get ready."""


class LearnerProgram:
    """A program of the submission; watched from outside and read through its log, never imported."""

    def __init__(self, service: Service, submission: Submission, file: str, line: str) -> None:
        """Wrap a service that is described but not started.

        Args:
            service: the process.
            submission: whose it is.
            file: where its code begins.
            line: the shell line that starts it by hand.
        """
        self._service = service
        self._submission = submission
        self._file = file
        self._line = line
        self.starting: Future[None] = Future()
        """Done when it is ready; holds why it does not get there."""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self._service.name

    @property
    def port(self) -> int:
        """The port that it was told to listen on."""
        return self._service.port

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._service.pid

    @property
    def orphans(self) -> int:
        """How many processes it left behind when it ended; they were killed."""
        return self._service.orphans

    @property
    def by_hand(self) -> str:
        """The shell line that starts it by hand in the learner's folder."""
        return self._line

    def ready(self) -> None:
        """Wait until it is ready; start it again if it ended meanwhile.

        Raises:
            SubmissionBroken: it does not start; the message is the learner's traceback.
        """
        began = time.monotonic()
        try:
            self.starting.result()
            if not self._service.running:
                self.start()
        finally:
            self._submission.spare(time.monotonic() - began)

    def start(self) -> None:
        """Start it, or start it again if it ended meanwhile.

        Raises:
            SubmissionBroken: its file is missing, it ended or it never got ready; the message is the learner's
                traceback.
        """
        require_file(self._submission, self._file)
        self._start(self._service.start)

    def restart(self) -> None:
        """Stop it and start it again; raises what `start` raises."""
        self._start(self._service.restart)

    def _start(self, start: Callable[[], object]) -> None:
        try:
            start()
        except ServiceExited as error:
            raise SubmissionBroken(
                f"{self.name} does not start: {describe_exit(error.status)}\n{self.crash()}",
                mistake=self._start_mistake(),
            ) from None
        except (SandboxLost, NoFreePort) as error:
            raise crowded_out(self.name, error) from None
        except ServiceNotReady:
            raise SubmissionBroken(
                f"{self.name} started, but {self._not_ready}\nits last lines were:\n{self._service.logs(last=8)}",
                mistake=self._not_ready_mistake,
            ) from None

    _not_ready = f"nothing answered on its port within {READY_TIMEOUT:g} s"
    _not_ready_mistake = "it listens on another address or port than it was told, or blocks while it is imported"

    def died(self, patience: float = 0.0) -> str | None:
        """Say how it ended, or give None if it still runs after `patience` seconds."""
        status = self._service.wait(patience)
        return None if status is None else describe_exit(status)

    def log(self, mark: int = 0) -> str:
        """Give what it printed after the first `mark` bytes; all of it where it was restarted since."""
        with contextlib.suppress(FoodCourtError):  # it was not started yet
            return read_log(self._service.log_path, mark)
        return ""

    def log_size(self) -> int:
        """Give the number of bytes printed so far."""
        with contextlib.suppress(FoodCourtError):
            return log_size(self._service.log_path)
        return 0

    def wait_for_log(self, pattern: str, within: float, mark: int = 0) -> re.Match[str] | None:
        """Wait up to `within` seconds for a regular expression in what it prints after `mark`; None: never."""
        deadline = time.monotonic() + within
        while True:
            if found := re.search(pattern, self.log(mark)):
                return found
            if time.monotonic() >= deadline:
                return None
            time.sleep(0.01)

    def traceback(self, mark: int = 0) -> Traceback | None:
        """Find the last traceback printed after `mark`.

        An error is seen before its traceback is logged, so this waits a little for one.
        """
        deadline = time.monotonic() + 0.3
        while True:
            found = last_traceback(self.log(mark), self._submission.folder)
            if found or time.monotonic() >= deadline:
                return found
            time.sleep(0.01)

    def crash(self, mark: int = 0) -> str:
        """Give the traceback it died of, or its last lines when there is none."""
        trace = self.traceback(mark)
        return str(trace) if trace else "its last lines were:\n" + self._service.logs(last=8)

    def _start_mistake(self) -> str:
        trace = last_traceback(self._service.logs(), self._submission.folder)
        return trace.mistake if trace else ""

    @property
    def running(self) -> bool:
        """Whether it runs now."""
        return self._service.running

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._service.signal(number)

    def wait(self, timeout: float) -> int | None:
        """Wait up to `timeout` seconds for its end; the exit status, or None if it still runs."""
        return self._service.wait(timeout)

    def stop(self, grace: float) -> int | None:
        """Ask it to end (SIGTERM) and kill it after `grace` seconds; give the exit status."""
        return self._service.stop(grace)

    def kill(self) -> None:
        """End it and all its children at once (SIGKILL)."""
        self._service.kill()

    def close(self) -> None:
        """Kill it, wait until it is gone, and remove its log."""
        self._service.kill()
        self._service.close()


def crowded_out(name: str, error: Exception) -> SubmissionBroken:
    """Say that a program could not be started, or not with what it needs, because of others of the submission."""
    return SubmissionBroken(
        f"expected to start {name}, but what the submission started before does not let us: "
        f"{str(error).splitlines()[0]}",
        mistake="it ends or stops processes that are not its own, or takes all that there is of ports or of space",
    )


def require_file(submission: Submission, file: str) -> None:
    """See that the submission holds a file.

    Raises:
        SubmissionBroken: it does not; the message says what is there.
    """
    # In what was handed in: in the copy, programs may have put a link to anywhere in its place meanwhile.
    if (submission.original / file).is_dir():
        raise SubmissionBroken(
            f"expected the file {file}, found a folder of that name", mistake=f"{file} is a folder, not a file"
        )
    if not (submission.original / file).is_file():
        ending = "*." + file.rpartition(".")[2]
        kind = "Python file" if ending == "*.py" else f"{ending} file"
        there = ", ".join(sorted(path.name for path in submission.original.glob(ending))) or f"no {kind}"
        raise SubmissionBroken(
            f"expected the file {file}, found {there}", mistake="the file is missing or was renamed"
        )


def line_by_hand(argv: Sequence[str], env: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Write a command as a learner would type it.

    Args:
        argv: the command.
        env: its settings.
        names: what to write instead: an address of ours, and the one that a person would use.
    """
    line = " ".join([*(f"{name}={value}" for name, value in env.items()), shlex.join(argv)])
    for ours, theirs in names.items():
        line = line.replace(ours, theirs)
    return line
