"""The submission under test, as a check sees it: a folder, its programs, and what was observed of them."""

from __future__ import annotations

import contextlib
import contextvars
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from foodcourt.errors import FoodCourtError, SandboxLost
from foodcourt.grading.answers import Answer, Request
from foodcourt.grading.failures import SubmissionBroken
from foodcourt.grading.finished import Finished
from foodcourt.grading.learner_program import READY_TIMEOUT, LearnerProgram, crowded_out, line_by_hand, require_file
from foodcourt.grading.learner_service import LearnerService
from foodcourt.grading.timeline import Event, render, upstream_events
from foodcourt.grading.verdicts import Evidence
from foodcourt.processes import ForkServer, Readiness, Service, TcpReady
from foodcourt.processes.logs import read_log
from foodcourt.processes.sandbox import CROWD, INSIDE

if TYPE_CHECKING:
    from foodcourt.faults import Upstream
    from foodcourt.grading.asking import Asker

__all__ = ["Observation", "Submission"]

_LOG_LINES = 25
_ROOM, _ROOM_FILES = 1 << 20, 100
"""Bytes and files; with less than that, what a check puts inside may not fit."""
_SPARED = 20.0
"""Seconds; a check that takes longer by more than that is taken to be stuck in our own code."""
_observed: ContextVar[list[Observation] | None] = ContextVar("observed", default=None)
T = TypeVar("T")
P = TypeVar("P", bound=LearnerProgram)


class Observation(Protocol):
    """Something that a check did to the submission, and what came of it."""

    def events(self) -> list[Event]:
        """Give it as events for a timeline."""

    def by_hand(self) -> list[str]:
        """Give the shell lines that do the same by hand, one for each terminal."""


class Submission:
    """The learner's work that is being graded.

    Its programs may change all that they see, which lies below `area/inside`. So what checks read of the work they
    read from `original`; what they read from inside goes through `read_untrusted`; and what they have to put inside
    they build elsewhere and `bring_in`: nobody is there to swap a folder for a link while they write into it.

    Attributes:
        original: the work as it was handed in; its programs do not see it.
        folder: the copy of it that its programs run in.
        scratch: their home folder, and the one for temporary files.
        fork_server: who starts its programs, in the sandbox if there is one.
        upstreams: servers of ours that its services talk to; what they saw belongs into the evidence.
        names: what lines to try by hand say instead of an address of ours.
        attempt: 1 when the current check is run for the first time, more when it was `TooSlow` before.
    """

    def __init__(self, original: Path, area: Path, fork_server: ForkServer) -> None:
        """Grade what lies in `original`, in an `area` of files for this submission alone."""
        self.original = original
        self._staging = area / "staging"
        self._inside = area / INSIDE
        self.folder, self.scratch = self._inside / "work", self._inside / "home"
        for folder in (self._staging, self.scratch):
            folder.mkdir(parents=True)
        shutil.copytree(original, self.folder)
        self.upstreams: list[Upstream] = []
        self.names: dict[str, str] = {}
        self.attempt = 1
        self._asker: Asker | None = None
        self._asker_lock = threading.Lock()
        self._observed: list[Observation] = []
        self.fork_server = fork_server
        self._programs: list[LearnerProgram] = []
        self._contexts = contextlib.ExitStack()
        self._pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="submission")
        self._logs: dict[LearnerProgram, int] = {}
        self._began = time.monotonic()
        self._deadline = float("inf")
        self._spared = 0.0

    def uvicorn(self, module: str, *, name: str, env: Mapping[str, str] | None = None) -> LearnerService:
        """Start `uvicorn <module>:app --port N` in the submission's folder, and do not wait for it.

        The first request to it waits; that is where a submission that does not start is found out.

        Args:
            module: the module that holds `app`.
            name: what messages call the service.
            env: its settings.
        """
        argv = ["uvicorn", f"{module}:app", "--port", "{port}"]
        return self._start(LearnerService, argv, f"{module}.py", name, env, TcpReady(), 8000)

    def program(
        self,
        argv: Sequence[str],
        *,
        file: str,
        name: str,
        env: Mapping[str, str] | None = None,
        ready: Readiness | None = None,
        port_by_hand: int = 8000,
        kind: type[P] = LearnerProgram,  # type: ignore[assignment]  # the default of a bound type variable
    ) -> P:
        """Start any other program in the submission's folder, and do not wait for it (`ready()` does).

        Args:
            argv: the command; `{port}` becomes a free port.
            file: the file where its code begins, which has to be there.
            name: what messages call the program.
            env: its settings.
            ready: what it is waited for; by default that its port accepts a connection.
            port_by_hand: the port that a person would choose.
            kind: what to give.
        """
        return self._start(kind, argv, file, name, env, ready or TcpReady(), port_by_hand)

    def _start(
        self,
        kind: type[P],
        argv: Sequence[str],
        file: str,
        name: str,
        env: Mapping[str, str] | None,
        ready: Readiness,
        port: int,
    ) -> P:
        service = Service(
            argv,
            name=name,
            cwd=self.folder,
            env=env,
            base=self._environment(),
            ready=ready,
            ready_timeout=READY_TIMEOUT,
            fork_server=self.fork_server,
        )
        found = kind(service, self, file, self.by_hand(argv, env or {}, port))
        found.starting = self._pool.submit(found.start)
        self._programs.append(found)
        return found

    def run(
        self,
        argv: Sequence[str],
        *,
        file: str,
        name: str,
        env: Mapping[str, str] | None = None,
        patience: float = 5.0,
        folder: Path | None = None,
        home: Path | None = None,
    ) -> Finished:
        """Run a program to its end.

        Args:
            argv: the command.
            file: the file where its code begins, which has to be there.
            name: what messages call the program.
            env: its settings.
            patience: seconds after which it is killed, if the check has that many left.
            folder: the folder to run it in; by default the submission's.
            home: its home folder, and the one for temporary files; by default those of all others.

        Raises:
            SubmissionBroken: its file is missing, or the submission's other programs keep it from starting.
        """
        require_file(self, file)
        patience = max(0.0, min(patience, self.time_left()))
        with tempfile.TemporaryDirectory(dir=self.fork_server.folder) as logs:
            out, err = Path(logs, "stdout"), Path(logs, "stderr")
            started = time.monotonic()
            try:
                process = self.fork_server.launch(
                    argv,
                    cwd=folder or self.folder,
                    env={**self._environment(home), **(env or {})},
                    log=out,
                    errors=err,
                )
            except SandboxLost as error:
                raise crowded_out(name, error) from None
            status = process.wait(patience)
            elapsed = time.monotonic() - started
            process.close()
            line = self.by_hand(argv, env or {}, 0)
            finished = Finished(
                name, line, status, read_log(out), read_log(err), started, elapsed, folder or self.folder
            )
        self.observe(finished)
        return finished

    def by_hand(self, argv: Sequence[str], env: Mapping[str, str], port: int) -> str:
        """Write a command as a learner would type it in the folder of their work."""
        upstreams = {upstream.url: "http://127.0.0.1:8001" for upstream in self.upstreams}
        return line_by_hand([word.replace("{port}", str(port)) for word in argv], env, self.names | upstreams)

    def _environment(self, home: Path | None = None) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(home or self.scratch),
            "TMPDIR": str(home or self.scratch),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def bring_in(self, build: Callable[[Path], object]) -> Path:
        """Build a folder where no program sees it, move it to where they do, and give where it is now.

        Args:
            build: fills the folder that it is given, which is empty.

        Raises:
            SubmissionBroken: there is no space left for it.
        """
        try:
            folder = Path(tempfile.mkdtemp(dir=self._staging))
            build(folder)
            return folder.rename(self._inside / folder.name)
        except (OSError, shutil.Error) as error:
            if not _is_full(self._staging):
                raise
            raise crowded_out("a program in a folder of its own", error) from None

    def enter(self, context: AbstractContextManager[T]) -> T:
        """Enter a context that is left after the submission's programs have ended."""
        return self._contexts.enter_context(context)

    def begin_check(self, limit: float, attempt: int = 1) -> None:
        """Forget what was observed before and make the upstreams well; the check now has `limit` seconds.

        Raises:
            SubmissionBroken: so many of its processes run that there is no point in asking them anything.
        """
        self.attempt = attempt
        for upstream in self.upstreams:
            upstream.recover()
        self._began = time.monotonic()
        self._deadline = self._began + limit
        self._spared = 0.0
        self._observed = []
        self._logs = {}
        if self.fork_server.crowded:
            raise SubmissionBroken(
                f"expected the submission to run a few processes, but it runs more than {CROWD}",
                mistake="it starts processes or threads without end",
            )

    def time_left(self) -> float:
        """Give the seconds that the current check has left."""
        return self._deadline - time.monotonic()

    def spare(self, seconds: float) -> None:
        """Give the current check more time, for what it had to wait while a program got ready: 20 s at most."""
        if threading.current_thread() is threading.main_thread():
            spared = min(seconds, _SPARED - self._spared)
            self._spared += spared
            self._deadline += spared

    def ask(self, service: LearnerService, requests: Sequence[Request], patience: float) -> list[Answer]:
        """Send a running service requests at the same time; what a check asks is remembered for the evidence."""
        answers = self._get_asker().ask(service, requests, min(patience, self.time_left()))
        self.observe(*answers)
        return answers

    def _get_asker(self) -> Asker:
        # Not every exercise speaks HTTP, and the client is half of all that a checker imports.
        from foodcourt.grading.asking import Asker

        with self._asker_lock:
            if self._asker is None:
                self._asker = Asker()
            return self._asker

    def observe(self, *observations: Observation) -> None:
        """Remember for the evidence what a check did; what is done ahead of it is not the check's yet."""
        if threading.current_thread() is threading.main_thread():
            self.remember(observations)
        elif (early := _observed.get()) is not None:
            early += observations

    def remember(self, observations: Sequence[Observation]) -> None:
        """Take for the current check's what was observed ahead of it."""
        for observed in observations:
            if isinstance(observed, Answer):
                self.show_log(observed.service, observed.log_mark)
        self._observed += observations

    def show_log(self, program: LearnerProgram, mark: int) -> None:
        """Take what a program printed after the first `mark` bytes into the evidence of this check."""
        self._logs.setdefault(program, mark)

    def early(self, act: Callable[[], T], observed: list[Observation] | None = None) -> Future[T]:
        """Do something in another thread, ahead of the check that judges what comes of it.

        Args:
            act: does it.
            observed: receives what is observed meanwhile, for the check to `remember`.
        """

        def acting() -> T:
            _observed.set(observed)
            return act()

        return self._pool.submit(contextvars.Context().run, acting)

    def evidence(self) -> tuple[Evidence, ...]:
        """Give what was observed since the check began: the wire, the learner's log, and how to ask by hand."""
        found = []
        events = [event for upstream in self.upstreams for event in upstream_events(upstream, self._began)]
        events += [event for observed in self._observed for event in observed.events()]
        if events:
            found.append(Evidence("timeline", "what happened on the wire (times in ms)", render(events)))
        for program, mark in self._logs.items():
            lines = program.log(mark).splitlines()[-_LOG_LINES:]
            if lines:
                found.append(Evidence("log", f"what {program.name} printed", "\n".join(line[:500] for line in lines)))
        if self._observed:
            last = self._observed[-1]
            if isinstance(last, Finished):
                found += last.evidence()
            lines = last.by_hand()
            where = ", in two terminals" if len(lines) > 1 else ""
            found.append(Evidence("http", f"try it by hand{where}", "\n".join(lines)))
        return tuple(found)

    def close(self) -> None:
        """End its programs."""
        self._pool.shutdown()
        for program in self._programs:
            with contextlib.suppress(FoodCourtError):
                program.signal(signal.SIGKILL)  # all at once, and without waiting
        for program in self._programs:
            program.close()
        self._contexts.close()
        if self._asker is not None:
            self._asker.close()


def _is_full(folder: Path) -> bool:
    """Whether a file system has no space left, or no room for another file."""
    there = os.statvfs(folder)
    return there.f_bavail * there.f_frsize < _ROOM or there.f_favail < _ROOM_FILES
