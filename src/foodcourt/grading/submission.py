"""The submission under test, as a check sees it: a folder, its services, and what was observed of them."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from foodcourt.faults import Upstream
from foodcourt.grading.answers import Answer, Request
from foodcourt.grading.asking import Asker
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
        upstreams: servers of ours that its services talk to; what they saw belongs into the evidence.
    """

    def __init__(self, folder: Path, scratch: Path, fork_server: ForkServer) -> None:
        """Grade what lies in `folder`; its processes may write into `scratch`."""
        self.folder = folder
        self._asker = Asker()
        self._exchanges: list[Answer] = []
        self.upstreams: list[Upstream] = []
        self._scratch = scratch
        self._fork_server = fork_server
        self._services: list[LearnerService] = []
        self._pool = ThreadPoolExecutor(thread_name_prefix="start")
        self._asked: dict[LearnerService, int] = {}
        self._began = time.monotonic()
        self._deadline = float("inf")

    def uvicorn(self, module: str, *, name: str, env: Mapping[str, str] | None = None) -> LearnerService:
        """Start `uvicorn <module>:app --port N` in the submission's folder, and do not wait for it.

        The first request to it waits; that is where a submission that does not start is found out.

        Args:
            module: the module that holds `app`.
            name: what messages call the service.
            env: its settings.
        """
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
        found = LearnerService(service, self, f"{module}.py", env or {})
        found.starting = self._pool.submit(found.start)
        self._services.append(found)
        return found

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
        self._exchanges = []
        self._asked = {}

    def time_left(self) -> float:
        """Give the seconds that the current check has left."""
        return self._deadline - time.monotonic()

    def ask(self, service: LearnerService, requests: Sequence[Request], patience: float) -> list[Answer]:
        """Send a running service requests at the same time; what a check asks is remembered for the evidence."""
        answers = self._asker.ask(service, requests, min(patience, self.time_left()))
        return self.remember(answers) if threading.current_thread() is threading.main_thread() else answers

    def remember(self, answers: list[Answer]) -> list[Answer]:
        """Take answers for what the current check observed; give them back."""
        for answer in answers:
            self._asked.setdefault(answer.service, answer.log_mark)
        self._exchanges += answers
        return answers

    def early(self, ask: Callable[[], list[Answer]]) -> Future[list[Answer]]:
        """Ask ahead of the check that judges the answers, while other checks run.

        For answers that keep one waiting whatever the machine does. The check has to `remember` them.
        """
        return self._pool.submit(ask)

    def evidence(self) -> tuple[Evidence, ...]:
        """Give what was observed since the check began: the wire, the learner's log, and how to ask by hand."""
        found = []
        events = [event for upstream in self.upstreams for event in upstream_events(upstream, self._began)]
        events += [event for answer in self._exchanges for event in answer.events()]
        if events:
            found.append(Evidence("timeline", "what happened on the wire (times in ms)", render(events)))
        for service, mark in self._asked.items():
            lines = service.log(mark).splitlines()[-_LOG_LINES:]
            if lines:
                found.append(Evidence("log", f"what {service.name} printed", "\n".join(line[:500] for line in lines)))
        if self._exchanges:
            last = self._exchanges[-1]
            by_hand = f"{last.service.by_hand}\n{last.request.curl('http://127.0.0.1:8000')}"
            found.append(Evidence("http", "try it by hand, in two terminals", by_hand))
        return tuple(found)

    def close(self) -> None:
        """End its services."""
        self._pool.shutdown()
        for service in self._services:
            service.kill()
        for service in self._services:
            service.close()
        self._asker.close()
