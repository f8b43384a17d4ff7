"""One of the learner's services under test."""

from __future__ import annotations

import contextlib
import re
import signal
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from foodcourt.errors import FoodCourtError, ServiceExited, ServiceNotReady
from foodcourt.grading.answers import Answer, Request
from foodcourt.grading.failures import CheckFailed, SubmissionBroken
from foodcourt.grading.tracebacks import Traceback, last_traceback
from foodcourt.processes.service import Service, describe_exit

if TYPE_CHECKING:
    from foodcourt.grading.submission import Submission

__all__ = ["LearnerService"]

PATIENCE = 5.0
"""Seconds that a request may take where a check does not say otherwise."""
READY_TIMEOUT = 15.0
"""Seconds that a service may take to listen."""


class LearnerService:
    """A running service of the submission; asked over the network, read through its log, never imported."""

    def __init__(self, service: Service, submission: Submission, file: str, settings: Mapping[str, str]) -> None:
        """Wrap a service that is described but not started, whose code begins in `file`."""
        self._service = service
        self._submission = submission
        self._file = file
        self._settings = settings
        self.starting: Future[None] = Future()
        """Done when it listens; holds why it does not."""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self._service.name

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._service.url

    @property
    def by_hand(self) -> str:
        """The shell line that starts it by hand in the learner's folder, with what it talks to on port 8001."""
        line = " ".join([*(f"{name}={value}" for name, value in self._settings.items()), "uvicorn"])
        for upstream in self._submission.upstreams:
            line = line.replace(upstream.url, "http://127.0.0.1:8001")
        return f"{line} {self._file.removesuffix('.py')}:app --port 8000"

    def start(self) -> None:
        """Start it, or start it again if it ended meanwhile.

        Raises:
            SubmissionBroken: its file is missing, it ended or it never listened; the message is the learner's
                traceback.
        """
        folder = self._submission.folder
        if not (folder / self._file).is_file():
            there = ", ".join(sorted(path.name for path in folder.glob("*.py"))) or "no Python file"
            raise SubmissionBroken(
                f"expected the file {self._file}, found {there}", mistake="the file is missing or was renamed"
            )
        try:
            self._service.start()
        except ServiceExited as error:
            raise SubmissionBroken(
                f"{self.name} does not start: {describe_exit(error.status)}\n{self.crash()}",
                mistake=self._start_mistake(),
            ) from None
        except ServiceNotReady:
            raise SubmissionBroken(
                f"{self.name} started, but nothing answered on its port within {READY_TIMEOUT:g} s\n"
                f"its last lines were:\n{self._service.logs(last=8)}",
                mistake="it listens on another address or port than it was told, or blocks while it is imported",
            ) from None

    def get(self, path: str, *, patience: float = PATIENCE) -> Answer:
        """Send a GET request."""
        return self.ask([Request("GET", path)], patience=patience)[0]

    def post(self, path: str, body: Any, *, patience: float = PATIENCE) -> Answer:
        """Send a POST request with a JSON body (bytes: as they are)."""
        return self.ask([Request("POST", path, body)], patience=patience)[0]

    def ask(self, requests: Sequence[Request], *, patience: float = PATIENCE) -> list[Answer]:
        """Send requests at the same time, within what is left of the check's time limit.

        Raises:
            CheckFailed: nothing is left of it.
        """
        if self._submission.time_left() <= 0:
            raise CheckFailed(
                "the check to be done in time", f"no time left before {requests[0]}: answers came too late"
            )
        self.starting.result()
        if not self._service.running:
            self.start()
        return self._submission.ask(self, requests, patience)

    def died(self, patience: float = 0.0) -> str | None:
        """Say how it ended, or give None if it still runs after `patience` seconds."""
        status = self._service.wait(patience)
        return None if status is None else describe_exit(status)

    def log(self, mark: int = 0) -> str:
        """Give what it printed after the first `mark` characters; all of it where it was restarted since."""
        text = ""
        with contextlib.suppress(FoodCourtError):  # it was not started yet
            text = self._service.logs()
        return text[mark if mark <= len(text) else 0 :]

    def log_size(self) -> int:
        """Give the number of characters printed so far."""
        return len(self.log())

    def traceback(self, mark: int = 0) -> Traceback | None:
        """Find the last traceback printed after `mark`.

        An answer 500 arrives before its traceback is logged, so this waits a little for one.
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
        if trace and re.match(r"(httpx|requests|urllib3?|aiohttp)\.|ConnectionRefusedError", trace.error):
            return f"another service is asked while {self.name} starts; ask only when a request comes"
        if trace:
            return trace.mistake
        if 'Attribute "app" not found' in self._service.logs():
            return "the module has no variable named `app`"
        return ""

    def kill(self) -> None:
        """Kill it, without waiting: a checker has no use for its farewell."""
        self._service.signal(signal.SIGKILL)

    def close(self) -> None:
        """Wait until it is gone, and remove its log."""
        self._service.close()
