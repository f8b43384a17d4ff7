"""The submission under test, as a check sees it: a folder, its services, and what was observed of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path

from foodcourt.faults import Upstream
from foodcourt.grading.answers import Answer
from foodcourt.grading.asking import Asker
from foodcourt.grading.failures import SubmissionBroken
from foodcourt.grading.learner_service import READY_TIMEOUT, LearnerService
from foodcourt.grading.timeline import render, upstream_events
from foodcourt.grading.verdicts import Evidence
from foodcourt.processes import ForkServer, Service, TcpReady

__all__ = ["Submission"]

_LOG_LINES = 25


class Submission:
    """The copy of the learner's work that is being graded.

    Attributes:
        folder: where it lies.
        asker: sends its services requests.
        exchanges: requests and answers of the current check.
        upstreams: servers of ours that its services talk to; what they saw belongs into the evidence.
    """

    def __init__(self, folder: Path, scratch: Path, fork_server: ForkServer) -> None:
        """Grade what lies in `folder`; its processes may write into `scratch`."""
        self.folder = folder
        self.asker = Asker()
        self.exchanges: list[Answer] = []
        self.upstreams: list[Upstream] = []
        self._scratch = scratch
        self._fork_server = fork_server
        self._services: list[LearnerService] = []
        self._marks: dict[LearnerService, int] = {}
        self._began = time.monotonic()
        self._deadline = float("inf")

    def uvicorn(self, module: str, *, name: str, env: Mapping[str, str] | None = None) -> LearnerService:
        """Start `uvicorn <module>:app --port N` in the submission's folder.

        Args:
            module: the module that holds `app`.
            name: what messages call the service.
            env: its settings.

        Raises:
            SubmissionBroken: the file is missing, or the service does not start.
        """
        if not (self.folder / f"{module}.py").is_file():
            there = ", ".join(sorted(path.name for path in self.folder.glob("*.py"))) or "no Python file"
            raise SubmissionBroken(
                f"expected the file {module}.py, found {there}", mistake="the file is missing or was renamed"
            )
        service = Service(
            ["uvicorn", f"{module}:app", "--port", "{port}"],
            name=name,
            cwd=self.folder,
            env=env,
            base=self._environment(),
            ready=TcpReady(),
            ready_timeout=READY_TIMEOUT,
            fork_server=self._fork_server,
        )
        started = LearnerService(service, self)
        self._services.append(started)
        return started.start()

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self._scratch),
            "TMPDIR": str(self._scratch),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def begin_check(self, limit: float) -> None:
        """Forget what was observed before and make the upstreams well; the check now has `limit` seconds."""
        for upstream in self.upstreams:
            upstream.recover()
        self._began = time.monotonic()
        self._deadline = self._began + limit
        self.exchanges = []
        self._marks = {service: service.log_size() for service in self._services}

    def time_left(self) -> float:
        """Give the seconds that the current check has left."""
        return self._deadline - time.monotonic()

    def evidence(self) -> tuple[Evidence, ...]:
        """Give what was observed since the check began: the wire, the learner's log, and how to ask by hand."""
        found = []
        events = [event for upstream in self.upstreams for event in upstream_events(upstream, self._began)]
        events += [event for answer in self.exchanges for event in answer.events()]
        if events:
            found.append(Evidence("timeline", "what happened on the wire (times in ms)", render(events)))
        for service in self._services:
            lines = service.log(self._marks.get(service, 0)).splitlines()[-_LOG_LINES:]
            if lines:
                found.append(Evidence("log", f"what {service.name} printed", "\n".join(line[:500] for line in lines)))
        if self.exchanges:
            last = self.exchanges[-1]
            found.append(
                Evidence("http", "try it by hand", f"{last.service.command}\n{last.request.curl(last.service.url)}")
            )
        return tuple(found)

    def close(self) -> None:
        """End its services."""
        for service in self._services:
            service.close()
        self.asker.close()
