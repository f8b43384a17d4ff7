"""Where pages lie: under a server, or as files beside each other.

A learner's name is never part of an address as it stands: `page_name` makes one of letters and digits.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Protocol

__all__ = ["FilePages", "Links", "ServerPages", "page_name"]


def page_name(learner: str) -> str:
    """Give a name for a learner's pages: readable, safe in a URL and as a file name, and nobody else's.

    Two names that differ only in case, or in what is no letter, differ in the digits at the end.
    """
    readable = re.sub(r"[^a-z0-9]+", "-", learner.lower()).strip("-")[:40]
    digits = hashlib.sha256(learner.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{readable}-{digits}" if readable else digits


class Links(Protocol):
    """What templates ask for the address of a page."""

    @property
    def live(self) -> bool:
        """Whether there is a server, so that something can be changed."""

    def overview(self) -> str:
        """Give the address of the class at a glance."""

    def exercise(self, slug: str) -> str:
        """Give the address of an exercise's heat map."""

    def groups(self, slug: str) -> str:
        """Give the address of the groups of an exercise that failed alike."""

    def group(self, slug: str, key: str) -> str:
        """Give the address of one of these groups."""

    def similar(self, slug: str) -> str:
        """Give the address of the submissions of an exercise that are too alike."""

    def submission(self, slug: str, learner: str) -> str:
        """Give the address of a submission."""

    def files(self, slug: str, learner: str) -> str:
        """Give the address of a submission's files."""


@dataclass(frozen=True, slots=True)
class ServerPages:
    """Addresses under the server."""

    live: bool = True

    def overview(self) -> str:
        """Give the address of the class at a glance."""
        return "/"

    def exercise(self, slug: str) -> str:
        """Give the address of an exercise's heat map."""
        return f"/exercises/{slug}"

    def groups(self, slug: str) -> str:
        """Give the address of the groups of an exercise that failed alike."""
        return f"/exercises/{slug}/groups"

    def group(self, slug: str, key: str) -> str:
        """Give the address of one of these groups."""
        return f"/exercises/{slug}/groups/{key}"

    def similar(self, slug: str) -> str:
        """Give the address of the submissions of an exercise that are too alike."""
        return f"/exercises/{slug}/similar"

    def submission(self, slug: str, learner: str) -> str:
        """Give the address of a submission."""
        return f"/submissions/{slug}/{page_name(learner)}"

    def files(self, slug: str, learner: str) -> str:
        """Give the address of a submission's files."""
        return f"{self.submission(slug, learner)}/files"


@dataclass(frozen=True, slots=True)
class FilePages:
    """Relative addresses between files: `index.html`, and `pages/<exercise>/….html`.

    Attributes:
        up: from the page that holds the links to the folder of `index.html`: empty, or `../../`.
    """

    up: str = ""
    live: bool = False

    def overview(self) -> str:
        """Give the address of the class at a glance."""
        return f"{self.up}index.html"

    def exercise(self, slug: str) -> str:
        """Give the address of an exercise's heat map."""
        return f"{self.up}pages/{slug}/index.html"

    def groups(self, slug: str) -> str:
        """Give the address of the groups of an exercise that failed alike."""
        return f"{self.up}pages/{slug}/groups.html"

    def group(self, slug: str, key: str) -> str:
        """Give the address of one of these groups."""
        return f"{self.groups(slug)}#group-{key}"

    def similar(self, slug: str) -> str:
        """Give the address of the submissions of an exercise that are too alike."""
        return f"{self.up}pages/{slug}/similar.html"

    def submission(self, slug: str, learner: str) -> str:
        """Give the address of a submission."""
        return f"{self.up}pages/{slug}/of-{page_name(learner)}.html"

    def files(self, slug: str, learner: str) -> str:
        """Give the address of a submission's files."""
        return f"{self.up}pages/{slug}/files-of-{page_name(learner)}.html"
