"""A click group that imports a verb only when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from difflib import get_close_matches

import click

__all__ = ["Verbs"]

# In the order in which a learner meets them.
_VERBS = ("lab", "check", "grade", "worker", "review", "run", "doctor", "broker", "completion")


class Verbs(click.Group):
    """The verbs of `foodcourt`; each lies in the module of this package that bears its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the verbs in the order in which a learner meets them."""
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb, or answer None when there is no such verb."""
        if cmd_name not in _VERBS:
            return None
        verb: click.Command = getattr(importlib.import_module(f"foodcourt.cli.{cmd_name}"), cmd_name)
        return verb

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb that the words ask for; a mistyped one is answered with the nearest."""
        if args and args[0] not in _VERBS and not args[0].startswith("-"):
            raise click.UsageError(no_such("verb", args[0], _VERBS, "foodcourt --help"), ctx=ctx)
        return super().resolve_command(ctx, args)


def no_such(kind: str, name: str, known: Sequence[str], overview: str) -> str:
    """Say that a name is unknown, which known one is nearest, and what to type to see them all."""
    near = get_close_matches(name, known, n=1)
    return f"there is no {kind} {name!r}" + (f"; did you mean {near[0]!r}?" if near else f"; see: {overview}")
