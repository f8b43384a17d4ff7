"""The table of surviving mutants, kept in git: what each changes, and why no check has to see it.

A survivor is no fault of ours when it is still right work: `equivalent`, when no caller can tell the difference, or
`outside the contract`, when one can, but the contract leaves it open. `missed` breaks the contract, and no check sees
it; it says why there is none.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from proof.mutations import Change

__all__ = ["KINDS", "TABLE", "Survivor", "read_table", "write_table"]

TABLE = Path(__file__).with_name("survivors.toml")
STILL_RIGHT = ("equivalent", "outside the contract")
KINDS = (*STILL_RIGHT, "missed")

_HEAD = """\
# Mutants of the solutions that pass every check. `make mutants` adds what it finds, with an empty kind and reason for
# a person to fill in. kind: "equivalent", "outside the contract" (both are still right work), or "missed".
"""


@dataclass(frozen=True)
class Survivor:
    """One mutant that passes every check.

    Attributes:
        change: what it changes.
        kind: one of `KINDS`; empty as long as nobody looked at it.
        reason: why that is so, in a sentence.
    """

    change: Change
    kind: str = ""
    reason: str = ""

    @property
    def explained(self) -> bool:
        """Whether somebody said why it survives."""
        return self.kind in KINDS and bool(self.reason)

    @property
    def still_right(self) -> bool:
        """Whether it keeps the contract, so that a pass is the right verdict."""
        return self.explained and self.kind in STILL_RIGHT


Table = Mapping[str, Sequence[Survivor]]


def read_table(path: Path = TABLE) -> dict[str, list[Survivor]]:
    """Read the survivors of each exercise, by its slug."""
    if not path.exists():
        return {}
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        slug: [
            Survivor(Change(row["file"], row["inside"], row["was"], row["now"]), row["kind"], row["reason"])
            for row in rows
        ]
        for slug, rows in table.items()
    }


def write_table(table: Table, path: Path = TABLE) -> None:
    """Write the table, exercise by exercise."""
    parts = [_HEAD]
    for slug, survivors in sorted(table.items()):
        parts += (_row(slug, survivor) for survivor in survivors)
    path.write_text("\n".join(parts), encoding="utf-8")


def _row(slug: str, survivor: Survivor) -> str:
    change = survivor.change
    values = {
        "file": change.file,
        "inside": change.inside,
        "was": change.was,
        "now": change.now,
        "kind": survivor.kind,
        "reason": survivor.reason,
    }
    # A JSON string without \u escapes is a basic string of TOML too.
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
    return "\n".join([f"[[{slug}]]", *lines, ""])


def with_found(known: Iterable[Survivor], found: Iterable[Change], order: Sequence[Change]) -> list[Survivor]:
    """Add the survivors that were found to those that somebody explained, in the order of the solution's text."""
    explained = {survivor.change: survivor for survivor in known if survivor.kind or survivor.reason}
    by_change = {change: Survivor(change) for change in found} | explained
    place = {change: number for number, change in enumerate(order)}
    return sorted(by_change.values(), key=lambda survivor: place.get(survivor.change, len(place)))
