"""What a learner's service answered to one request, and what a check expects of it."""

from __future__ import annotations

import json as jsonlib
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from foodcourt.grading.failures import CheckFailed, SubmissionBroken, TooSlow
from foodcourt.grading.shapes import Mismatch, mismatch, shorten
from foodcourt.grading.timeline import Event

if TYPE_CHECKING:
    from foodcourt.grading.learner_service import LearnerService

__all__ = ["Answer", "Request"]

NO_ANSWER = 0
"""Key in `mistakes` for a request that was never answered, or too late."""
Mistakes: TypeAlias = Mapping[int | str, str]
"""What went wrong most likely, by the status that came, or by the path in the JSON that is not as it should be."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a check writes it.

    Attributes:
        method: HTTP method.
        path: path with query.
        body: sent as JSON unless it is None; bytes are sent as they are.
    """

    method: str
    path: str
    body: Any = None

    def __str__(self) -> str:
        """Give it as one line: `POST /orders {"user_id": 7}`."""
        line = f"{self.method} {self.path}"
        return line if self.body is None else f"{line} {shorten(self.body)}"

    def curl(self, url: str) -> str:
        """Give the shell line that asks the same of the service at `url`."""
        words = ["curl", "-i"]
        if self.method != "GET":
            words += ["-X", self.method]
        if (content := self.content()) is not None:
            words += ["-H", "Content-Type: application/json", "-d", content.decode("utf-8", "replace")]
        return shlex.join([*words, url + self.path])

    def content(self) -> bytes | None:
        """Give the bytes to send."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return jsonlib.dumps(self.body).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        request: what was asked.
        service: who was asked.
        status: HTTP status; `NO_ANSWER` when none came.
        body: the first 2 MiB of the body.
        problem: why there is no (whole) answer, as the end of "got …"; empty when there is one.
        started: monotonic seconds when it was asked.
        elapsed: seconds until the answer was there, or until it was given up.
        log_mark: how much the service had logged before it was asked.
        starved: seconds of those elapsed in which the service was ready to go on, but had to wait for a core.
    """

    request: Request
    service: LearnerService
    status: int
    body: bytes
    problem: str
    started: float
    elapsed: float
    log_mark: int
    starved: float = 0.0

    def json(self) -> Any:
        """Parse the body.

        Raises:
            CheckFailed: it is no JSON.
        """
        try:
            return jsonlib.loads(self.body)
        except (ValueError, RecursionError):
            raise self._failed("an answer in JSON", f"{self.status} with {self.text()}") from None

    def events(self) -> list[Event]:
        """Give the exchange as events for a timeline."""
        outcome = self.problem or f"{self.status} {self.text()}"
        return [
            Event(self.started, "checker", f"asks {self.service.name}: {self.request}"),
            Event(self.started + self.elapsed, self.service.name, f"answers the checker: {outcome}"),
        ]

    def by_hand(self) -> list[str]:
        """Give the lines that start the service and ask it the same, one for each terminal."""
        return [self.service.by_hand, self.request.curl("http://127.0.0.1:8000")]

    def text(self, limit: int = 160) -> str:
        """Give the body as text on one line, cut to `limit` characters."""
        text = " ".join(self.body[: 4 * limit].decode("utf-8", "replace").split()) or "an empty body"
        return text if len(text) <= limit else text[: limit - 1] + "…"

    def expect(
        self,
        status: int | Collection[int],
        *,
        json: Any = None,
        within: float | None = None,
        mistakes: Mistakes | None = None,
    ) -> Answer:
        """Give the verdict on this answer.

        Args:
            status: the expected status, or several that are fine.
            json: the shape that the body must have (see `shapes.mismatch`).
            within: seconds in which the answer must be there; what a busy machine added does not count.
            mistakes: what it most likely means, by the status that came (or `NO_ANSWER`) or the path in the
                JSON that is wrong.

        Raises:
            CheckFailed: it is not as expected.
        """
        allowed = {status} if isinstance(status, int) else set(status)
        mistakes = mistakes or {}
        expected = " or ".join(map(str, sorted(allowed))) + (f" within {within:.2g} s" if within else "")
        expected += f" to {self.request}" + (f" with {_described(json)}" if json is not None else "")
        # A miss by more than twice is no matter of a busy machine.
        late = TooSlow if within is not None and self._needed < 2 * within else CheckFailed
        if self.problem:
            kind = late if self.status == NO_ANSWER else CheckFailed
            raise self._failed(expected, self.problem, mistakes.get(NO_ANSWER, ""), kind)
        if self.status not in allowed:
            observed = str(self.status) + (f" after {self.elapsed:.1f} s" if within and self._needed > within else "")
            raise self._failed(expected, f"{observed} with {self.text()}", mistakes.get(self.status, ""))
        if within is not None and self._needed > within:
            raise late(expected, f"{self.status} after {self.elapsed:.2f} s", mistake=mistakes.get(NO_ANSWER, ""))
        if json is not None and (wrong := self._mismatch(json)):
            mistake = mistakes.get(wrong.path) or mistakes.get(wrong.path.partition(".")[0], "")
            raise self._failed(expected, f"{self.status} with {self.text()}: {wrong.text}", mistake)
        return self

    @property
    def _needed(self) -> float:
        return self.elapsed - self.starved

    def _mismatch(self, expected: Any) -> Mismatch | None:
        try:
            return mismatch(expected, jsonlib.loads(self.body))
        except (ValueError, RecursionError):
            return Mismatch("", "that is no JSON")

    def expect_detail(self, status: int, *, mistakes: Mistakes | None = None) -> Answer:
        """Expect an error in FastAPI's form: a JSON object with a `detail`, whatever that is."""
        return self.expect(status, json={"detail": object}, mistakes=mistakes)

    def _failed(
        self, expected: str, observed: str, mistake: str = "", kind: type[CheckFailed] = CheckFailed
    ) -> CheckFailed:
        # A connection breaks before the word is out that the process at its other end is gone.
        if (status := self.service.died(0.3 if self.problem else 0.0)) is not None:
            crash = self.service.crash(self.log_mark)
            return SubmissionBroken(f"{self.service.name} ended with {status} at {self.request}\n{crash}")
        if self.status >= 500 and (trace := self.service.traceback(self.log_mark)):
            observed += f"; your code raised {trace.error} ({trace.where or 'outside your files'})"
            mistake = trace.mistake or mistake
        return kind(expected, observed, mistake=mistake)


def _described(expected: Any) -> str:
    if isinstance(expected, dict):
        return "{" + ", ".join(f'"{key}": {_described(value)}' for key, value in expected.items()) + "}"
    return expected.__name__ if isinstance(expected, type) else shorten(expected)
