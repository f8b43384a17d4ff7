"""The learner's tests, run against right and wrong clients, of which nobody inside can tell which is which.

All runs are alike but for the client, in an order that is made up anew. So tests that go by anything else, such as
the number of their run or what an earlier one left behind, can but guess which three of the seven have to pass: one
guess in 35 is right, and there is one guess, as a wrong client that passes counts also where there is a second round.
"""

from __future__ import annotations

import concurrent.futures
import functools
import os
import random

from clients import Client, Mistake
from learner_tests import TestRun, run_tests

from foodcourt.grading.submission import Submission

_RIGHT_ONES = 3
_random = random.SystemRandom()


class Lineup:
    """The clients that the tests of one submission are run against, in a round or two.

    Attributes:
        rounds: what came of the runs, round by round.
    """

    def __init__(self, submission: Submission) -> None:
        """Run nothing yet."""
        self.rounds: list[list[TestRun]] = []
        self._submission = submission

    def play(self) -> list[TestRun]:
        """Run the tests against all clients, which are made up anew.

        Returns:
            The runs with right clients.

        Raises:
            SubmissionBroken: there are no tests, or they cannot be run.
        """
        clients = [Client.make(_seed(), mistake) for mistake in (*Mistake, *[None] * _RIGHT_ONES)]
        _random.shuffle(clients)
        submission = self._submission
        futures = [submission.early(functools.partial(run_tests, submission, client)) for client in clients]
        concurrent.futures.wait(futures)  # or what is left of a round that broke would run beside the next
        self.rounds.append([future.result() for future in futures])
        return [run for run in self.rounds[-1] if not run.client.mistake]

    @property
    def unsure(self) -> bool:
        """Whether another round may say more: there was none yet, or time was all that was wrong with the first."""
        missed = self.missed()
        slow = bool(missed) and all(run.took_too_long for run in missed)
        return not self.rounds or (slow and len(self.rounds) == 1)

    def missed(self) -> list[TestRun]:
        """Give the runs that did not tell a wrong client, in any round; of the last also those that took too long.

        A busy machine may keep tests from passing or from ending, but has no wrong client pass.
        """
        return [
            run
            for runs in self.rounds
            for run in runs
            if run.client.mistake and not run.caught and (runs is self.rounds[-1] or not run.took_too_long)
        ]


def _seed() -> int:
    return int.from_bytes(os.urandom(4))
