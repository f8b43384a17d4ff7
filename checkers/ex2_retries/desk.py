"""The learner's flaky users-service, once for each FAILURE_RATE that the checks ask for, and once without."""

from __future__ import annotations

from collections.abc import Sequence

from foodcourt.grading.answers import Answer, Request
from foodcourt.grading.learner_service import LearnerService
from foodcourt.grading.submission import Submission

USERS = (1, 2, 3)


class Desk:
    """Processes that differ in nothing but the rate.

    Attributes:
        by_default: one with no settings at all, as a person starts it first.
    """

    def __init__(self, submission: Submission) -> None:
        """Start them, in the order in which they are asked."""
        self._services = {
            rate: submission.uvicorn(
                "flaky_users_service", name="flaky users-service", env={"FAILURE_RATE": f"{rate:g}"}
            )
            for rate in (1.0, 0.0, 0.5)
        }
        self.by_default = submission.uvicorn("flaky_users_service", name="flaky users-service")

    def at(self, rate: float) -> LearnerService:
        """Give the one with this rate; where none of them starts, that is told once."""
        self._services[1.0].ready()
        return self._services[rate]

    def look_up(self, rate: float, users: Sequence[int]) -> list[Answer]:
        """Ask the one with this rate for users, all at the same time."""
        return self.at(rate).ask([Request("GET", f"/users/{user}") for user in users], patience=10.0)
