"""The report as JSON, described by `report.schema.json` in this folder."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from foodcourt.grading.verdicts import Report

__all__ = ["schema", "to_json"]


def to_json(report: Report) -> str:
    """Write the report as indented JSON, ending with a line break."""
    text = json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n"
    # A learner's JSON may hold half of a surrogate pair, which UTF-8 cannot; its escape is the same in JSON.
    return text.encode("utf-8", "backslashreplace").decode()


def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of the report."""
    text = resources.files("foodcourt.reports").joinpath("report.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
