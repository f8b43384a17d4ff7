"""The report as JSON, described by `report.schema.json` in this folder: written, and read back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from foodcourt.errors import GraderError, ResultsDamaged
from foodcourt.grading.verdicts import Evidence, Outcome, Report, Verdict
from foodcourt.reports.parsing import Damage, load_object, take, take_name, take_number

__all__ = ["from_json", "read_report", "schema", "to_json"]

_SCHEMA = 1
_BYTES = 64 << 20
"""More than any report has: evidence is bounded where it is taken."""
_SUMS = ("passed", "score", "max_score", "bonus", "max_bonus")
_KINDS = ("timeline", "log", "http", "diff")


def to_json(report: Report) -> str:
    """Write the report as indented JSON, ending with a line break."""
    text = json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n"
    # A learner's JSON may hold half of a surrogate pair, which UTF-8 cannot; its escape is the same in JSON.
    return text.encode("utf-8", "backslashreplace").decode()


def from_json(text: str | bytes) -> Report:
    """Read back what `to_json` wrote.

    Raises:
        GraderError: it is no report, was damaged, or its sums are not those of its checks.
    """
    try:
        return _report(load_object(text))
    except Damage as error:
        raise GraderError(f"no report of foodcourt: {error}") from error


def read_report(path: Path) -> Report:
    """Read a report from a file.

    Raises:
        FileNotFoundError: there is none.
        ResultsDamaged: the file cannot be read, or is no report; the message names it and says what to do.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_BYTES + 1)
        if len(data) > _BYTES:
            raise GraderError(f"no report of foodcourt: it is larger than {_BYTES >> 20} MiB")
        return from_json(data)
    except FileNotFoundError:
        raise
    except (OSError, GraderError) as error:
        raise ResultsDamaged(
            f"cannot use the result {path}: {error}\n"
            "next: delete that file and grade again, with the same foodcourt grade command and --resume"
        ) from error


def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of the report."""
    text = resources.files("foodcourt.reports").joinpath("report.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _report(table: dict[str, Any]) -> Report:
    if table.get("schema") != _SCHEMA:
        raise Damage(f"it is of schema {table.get('schema')!r:.40}, and this foodcourt knows {_SCHEMA}")
    started = take(table, "started_at", str)
    try:
        started_at = datetime.strptime(started, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Damage(f"expected a moment such as 2026-01-31T12:00:00Z under 'started_at': {error}") from error
    report = Report(
        exercise=take_name(table, "exercise"),
        learner=None if table.get("learner") is None else take(table, "learner", str),
        sandbox=take_name(table, "sandbox"),
        started_at=started_at,
        duration_s=take_number(table, "duration_s", float),
        checks=tuple(_verdict(check) for check in take(table, "checks", list)),
    )
    for key in _SUMS:
        if table.get(key) != getattr(report, key):
            raise Damage(f"{key!r} is {table.get(key)!r:.40}, but its checks make it {getattr(report, key)!r}")
    return report


def _verdict(table: Any) -> Verdict:
    outcome = take(table, "outcome", str)
    if outcome not in set(Outcome):
        raise Damage(f"expected one of {', '.join(Outcome)} under 'outcome', found {outcome!r:.40}")
    return Verdict(
        id=take_name(table, "id"),
        title=take_name(table, "title"),
        required=take(table, "required", bool),
        points=int(take_number(table, "points", int)),
        max_points=int(take_number(table, "max_points", int)),
        outcome=Outcome(outcome),
        message=take(table, "message", str),
        hint=take(table, "hint", str),
        evidence=tuple(_evidence(piece) for piece in take(table, "evidence", list)),
        duration_s=take_number(table, "duration_s", float),
    )


def _evidence(table: Any) -> Evidence:
    kind = take(table, "kind", str)
    if kind not in _KINDS:
        raise Damage(f"expected one of {', '.join(_KINDS)} under 'kind', found {kind!r:.40}")
    return Evidence(kind=kind, title=take_name(table, "title"), text=take(table, "text", str))  # type: ignore[arg-type]
