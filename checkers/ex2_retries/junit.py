"""Reading pytest's JUnit report, which a process of the learner's wrote: anything may stand there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from xml.etree import ElementTree

from foodcourt.grading.untrusted import read_untrusted

_LIMIT = 4 << 20


class Result(StrEnum):
    """How a test ended."""

    PASSED = "passed"
    FAILED = "failed"
    """The test, or a fixture of its own."""
    SKIPPED = "skipped"
    UNCOLLECTED = "uncollected"
    """No test, but a file that could not be imported."""


@dataclass(frozen=True)
class Case:
    """One test.

    Attributes:
        name: its name.
        result: how it ended.
        message: the error, in a line or a few.
        text: the error as pytest shows it.
    """

    name: str
    result: Result
    message: str = ""
    text: str = ""


def read_junit(path: Path) -> tuple[Case, ...] | None:
    """Read a report; None when there is none, or none that can be read."""
    try:
        text = read_untrusted(path.parent.parent, path.parent.name, path.name, limit=_LIMIT).decode("utf-8")
        if "<!" in text:  # pytest declares nothing, and a declaration can make a short text endless
            return None
        return tuple(_case(element) for element in ElementTree.fromstring(text).iter("testcase"))
    except (OSError, ValueError, ElementTree.ParseError, RecursionError):
        return None


def _case(element: ElementTree.Element) -> Case:
    name = element.get("name", "")
    for tag, result in (("error", Result.FAILED), ("failure", Result.FAILED), ("skipped", Result.SKIPPED)):
        found = element.find(tag)
        if found is not None:
            message = found.get("message", "")
            if tag == "error" and message == "collection failure":
                result = Result.UNCOLLECTED
            return Case(name, result, message, found.text or "")
    return Case(name, Result.PASSED)
