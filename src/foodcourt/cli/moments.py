"""A day or a minute on the command line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

__all__ = ["Moment"]


class Moment(click.DateTime):
    """A minute, or a day, of which the end is meant; without a time zone."""

    def __init__(self) -> None:
        """Take `2026-01-31`, `2026-01-31T12:00` and `2026-01-31 12:00`."""
        super().__init__(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it.

        Raises:
            click.BadParameter: it is neither.
        """
        found: datetime = super().convert(value, param, ctx)
        return found + timedelta(days=1, microseconds=-1) if isinstance(value, str) and ":" not in value else found
