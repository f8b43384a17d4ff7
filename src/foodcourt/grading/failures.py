"""How a check says that the learner's work fell short."""

from __future__ import annotations

from foodcourt.grading.verdicts import Evidence

__all__ = ["CheckFailed", "SubmissionBroken", "TooSlow"]


class CheckFailed(Exception):
    """What was observed is not what was expected.

    Attributes:
        expected: what should have happened, as the end of "expected …".
        observed: what happened instead, as the end of "got …".
        mistake: the likely mistake, or empty when unsure.
        evidence: what shows it.
        check: id of the check that it was reported for; one in a fixture of the whole session meets others too.
    """

    def __init__(
        self, expected: str, observed: str, *, mistake: str = "", evidence: tuple[Evidence, ...] = ()
    ) -> None:
        """Compose the message from the three parts."""
        self.expected = expected
        self.observed = observed
        self.mistake = mistake
        self.evidence = evidence
        self.check = ""
        super().__init__(f"expected {expected}, got {observed}" + (f"\nlikely mistake: {mistake}" if mistake else ""))


class TooSlow(CheckFailed):
    """It would have been right if it had come in time; asked again in isolation before it becomes the verdict."""


class SubmissionBroken(CheckFailed):
    """The submission cannot be imported, started or parsed: the message is the learner's own traceback."""

    def __init__(self, message: str, *, mistake: str = "", evidence: tuple[Evidence, ...] = ()) -> None:
        """Take the message as it is."""
        super().__init__("", "", mistake=mistake, evidence=evidence)
        self.args = (message + (f"\nlikely mistake: {mistake}" if mistake else ""),)
