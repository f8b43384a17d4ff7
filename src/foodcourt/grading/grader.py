"""Grades submissions: one child pytest each, which talks to the learner's processes and reports back over a pipe."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from foodcourt.catalog import CheckSpec, Exercise
from foodcourt.errors import GraderError, NoSandbox
from foodcourt.grading.assignment import Assignment, pytest_arguments
from foodcourt.grading.intake import copy_submission, look_at
from foodcourt.grading.parents import Parents
from foodcourt.grading.verdicts import Outcome, Report, Verdict, evidence_from
from foodcourt.processes import Process
from foodcourt.processes.logs import last_lines, read_log

__all__ = ["Grader", "SandboxUse"]

SandboxUse = Literal["if possible", "required", "off"]
_PATIENCE = 30.0
"""Seconds beyond its own time limit after which a silent check is taken to be stuck in our own code."""
_LAST_WORDS = 5.0
"""Seconds in which a checker that reports no more has ended, and all that it said of that is in its log."""


@dataclass(frozen=True, slots=True)
class _Child:
    """A pytest that has collected the checks of an exercise, and waits for the word to begin."""

    exercise: Exercise
    assignment: Assignment
    process: Process
    channel: socket.socket

    @property
    def log(self) -> Path:
        return self.assignment.folder / "pytest.log"

    def close(self) -> None:
        self.channel.close()
        self.process.close()
        shutil.rmtree(self.assignment.folder, ignore_errors=True)


class Grader:
    """Grades one submission after the other, with the parents of the processes that it takes started once."""

    def __init__(self, sandbox: SandboxUse = "if possible", parents: Parents | None = None) -> None:
        """Start nothing yet.

        Args:
            sandbox: whether learners' programs are locked in. Where they must be and cannot, nothing is graded.
            parents: those of other graders, to share; by default its own.
        """
        self._sandbox = sandbox
        self._shared = parents
        self._parents = parents or Parents()
        self._waiting: _Child | None = None

    def prepare(self, exercise: Exercise) -> None:
        """Get ready for the next submission of this exercise: saves a tenth of a second when it comes."""
        if self._waiting is None:
            self._waiting = self._launch(exercise)

    def grade(
        self,
        exercise: Exercise,
        folder: Path,
        *,
        digest: str | None = None,
        learner: str | None = None,
        hints: int = 0,
        first: Sequence[str] = (),
        on_begin: Callable[[CheckSpec], None] = lambda _: None,
        on_verdict: Callable[[Verdict], None] = lambda _: None,
    ) -> Report:
        """Grade one submission.

        Args:
            exercise: which exercise it is of.
            folder: where it lies; a copy of it is graded.
            digest: what its content has to be, where somebody looked at it before; see `digest_of`.
            learner: whose it is.
            hints: how many hints a verdict tells, 0 to 3.
            first: ids of checks to run first.
            on_begin: called when a check begins.
            on_verdict: called with each verdict as it is given.

        Raises:
            UsageError: the folder cannot be a submission.
            GraderError: grading could not even begin, or the content is not that of the digest.
            NoSandbox: a sandbox is required, and there can be none here; the message says why.
        """
        look_at(folder, exercise)
        specs = {spec.id: spec for spec in exercise.checks}
        started_at, began = datetime.now(UTC), time.monotonic()
        verdicts: dict[str, Verdict] = {}
        child = self._child(exercise)
        try:
            copy_submission(folder, child.assignment.submission, digest)
            sandbox = "off"
            for event in _events(child, first):
                if "no_sandbox" in event and self._sandbox == "required":
                    raise NoSandbox(event["no_sandbox"])
                if "sandbox" in event or "no_sandbox" in event:
                    sandbox = event.get("sandbox", sandbox)
                    continue
                if "begins" in event:
                    on_begin(specs[event["begins"]])
                    continue
                verdict = _verdict(specs[event["id"]], event, hints)
                verdicts[verdict.id] = verdict
                on_verdict(verdict)
            # Were it killed while it ends, what it leaves would have to be looked for among all processes there are.
            child.process.wait(_LAST_WORDS)
            for spec in (spec for spec in exercise.checks if spec.id not in verdicts):  # which is never a pass
                verdicts[spec.id] = verdict = _verdict(spec, _no_verdict(child.log), hints)
                on_verdict(verdict)
        finally:
            child.close()
        checks = tuple(verdicts[spec.id] for spec in exercise.checks)
        return Report(exercise.slug, learner, sandbox, started_at, time.monotonic() - began, checks)

    def _child(self, exercise: Exercise) -> _Child:
        child, self._waiting = self._waiting, None
        if child is not None and child.exercise == exercise:
            return child
        if child is not None:
            child.close()
        return self._launch(exercise)

    def _launch(self, exercise: Exercise) -> _Child:
        parents = self._parents.of(exercise)
        scratch = Path(tempfile.mkdtemp(prefix="grading-", dir=parents.checkers.folder))
        ours, theirs = socket.socketpair()
        with theirs:
            assignment = Assignment(scratch, self._sandbox, theirs.fileno(), parents.programs.fileno())
            process = parents.checkers.launch(
                ["pytest", *pytest_arguments(exercise.checker)],
                cwd=scratch,
                env={
                    # Where nothing is forked, pytest is looked for: it has to be that of this Python.
                    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
                    "HOME": str(scratch),
                    "LANG": "C.UTF-8",
                    "TMPDIR": str(scratch),
                    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                    "PYTHONUNBUFFERED": "1",
                    **assignment.environment(),
                },
                log=scratch / "pytest.log",
                fds=assignment.descriptors(),
            )
        return _Child(exercise, assignment, process, ours)

    def close(self) -> None:
        """End the parents, unless they are shared, and everything that they started."""
        if self._waiting is not None:
            self._waiting.close()
            self._waiting = None
        if self._shared is None:
            self._parents.close()

    def __enter__(self) -> Grader:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def _events(child: _Child, first: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Let the checks begin and give what they report, until they end or say nothing for too long."""
    child.channel.settimeout(max(spec.limit for spec in child.exercise.checks) + _PATIENCE)
    with contextlib.suppress(TimeoutError, ConnectionError), child.channel.makefile("rwb") as channel:
        channel.write(json.dumps({"first": list(first)}).encode() + b"\n")
        channel.flush()
        for line in channel:
            try:
                yield json.loads(line)
            except ValueError as error:
                raise GraderError(f"a checker reported what is no JSON: {line[:200]!r}") from error


def _no_verdict(log: Path) -> dict[str, Any]:
    message = "the grader broke, this is not your fault: the checker ended without a verdict"
    if tail := last_lines(read_log(log), 20):
        message += f"; its last lines were:\n{tail}"
        log.unlink(missing_ok=True)  # told once, with the first check that has no verdict
    return {"outcome": Outcome.ERROR, "message": message, "evidence": [], "duration_s": 0.0}


def _verdict(spec: CheckSpec, event: dict[str, Any], hints: int) -> Verdict:
    outcome = Outcome(event["outcome"])
    return Verdict(
        id=spec.id,
        title=spec.title,
        required=not spec.stretch,
        points=spec.points if outcome is Outcome.PASSED else 0,
        max_points=spec.points,
        outcome=outcome,
        message=event["message"],
        hint="\n\n".join(spec.hints[:hints]) if outcome is Outcome.FAILED else "",
        evidence=evidence_from(event["evidence"]),
        duration_s=event["duration_s"],
    )
