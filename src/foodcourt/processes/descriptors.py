"""How many descriptors a process may have open."""

from __future__ import annotations

import contextlib
import resource

__all__ = ["as_by_hand", "as_many_as_can_be"]

_BY_HAND = resource.getrlimit(resource.RLIMIT_NOFILE)
"""What this process was started with, and so what a program may have that a shell starts."""


def as_many_as_can_be() -> None:
    """Allow this process all that the system lets it have; where that is without limit (macOS) it stays as it is."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def as_by_hand() -> None:
    """Undo that, for a program that is to run as if a shell had started it."""
    resource.setrlimit(resource.RLIMIT_NOFILE, _BY_HAND)
