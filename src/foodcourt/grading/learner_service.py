"""One of the learner's HTTP services under test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from foodcourt.grading.answers import Answer, Request
from foodcourt.grading.failures import CheckFailed
from foodcourt.grading.learner_program import LearnerProgram

__all__ = ["LearnerService"]

PATIENCE = 5.0
"""Seconds that a request may take where a check does not say otherwise."""


class LearnerService(LearnerProgram):
    """A running service of the submission, asked over HTTP."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._service.url

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
        self.ready()
        if self._submission.time_left() <= 0:
            raise CheckFailed(
                "the check to be done in time", f"no time left before {requests[0]}: answers came too late"
            )
        return self._submission.ask(self, requests, patience)

    def _start_mistake(self) -> str:
        log = self._service.logs()
        if re.search(r"^(httpx\.|requests\.|urllib3?\.|aiohttp\.|ConnectionRefusedError)", log, re.MULTILINE):
            return f"another service is asked while {self.name} starts; ask only when a request comes"
        if 'Attribute "app" not found' in log:
            return "the module has no variable named `app`"
        return super()._start_mistake()
