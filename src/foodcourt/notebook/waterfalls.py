"""A trace as a waterfall, with the log lines of the same request beside it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from datetime import datetime
from itertools import cycle
from typing import TYPE_CHECKING

from foodcourt.notebook.charts import COLOURS, HATCHES, TITLE_COLUMNS, blank

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from foodcourt.telemetry import Trace

__all__ = ["waterfall"]

_NAME_LENGTH = 34
_LOGS_SHOWN = 20


def waterfall(trace: Trace, logs: Mapping[str, str] | None = None, title: str = "") -> Figure:
    """Draw one request's way through all services: a row for each span, further right the deeper it was caused.

    Log lines that bear the trace's id are numbered where they happened, and told below.

    Args:
        trace: the spans.
        logs: what each service printed, by its name: JSON lines with `trace_id`, `event` and `timestamp` (seconds
            since the epoch, or ISO 8601). Other lines are left out.
        title: one line above the chart.
    """
    events = _events(trace, logs or {})
    begin = min((span.start for span in trace), default=0.0)
    figure, axes = blank(1.2 + 0.36 * len(trace) + 0.24 * len(events), xlabel="time in ms since the request began")
    if title:  # above the names of the spans too, which leave the chart itself half the width
        figure.suptitle("\n".join(textwrap.wrap(title, TITLE_COLUMNS)), x=0.01, ha="left", fontsize=12)
    looks = dict(zip(trace.services, zip(cycle(COLOURS), cycle(HATCHES), strict=False), strict=False))
    width = max((span.end - begin for span in trace), default=0.0) * 1000 or 1.0
    for row, span in enumerate(trace):
        colour, hatch = looks[span.service]
        left, length = (span.start - begin) * 1000, span.seconds * 1000
        axes.barh(row, max(length, width / 400), left=left, color=colour, hatch=hatch, edgecolor="black", height=0.7)
        failed = " (error)" if span.status == "error" else ""
        axes.annotate(
            f"{length:.1f} ms{failed}", (left + length, row), xytext=(4, 0), textcoords="offset points", va="center"
        )
    axes.set_yticks(range(len(trace)), [_label(trace.depth(span), span.service, span.name) for span in trace])
    axes.set_xlim(0, width * 1.18)
    bottom = max(len(trace), 1) - 0.5
    for number, (at, _, _) in enumerate(events, 1):
        axes.vlines((at - begin) * 1000, -0.55, bottom, color="black", linestyle=":", linewidth=1)
        axes.annotate(str(number), ((at - begin) * 1000, -0.6), ha="center", va="bottom", fontsize=9)
    axes.set_ylim(bottom, -1.2 if events else -0.5)  # numbers stand in a row of their own
    if events:
        told = [
            f"{number}  {(at - begin) * 1000:7.1f} ms  {service}: {event[:90]}"
            for number, (at, service, event) in enumerate(events, 1)
        ]
        figure.supxlabel("\n".join(told), x=0.02, ha="left", fontsize=10, family="monospace")
    return figure


def _label(depth: int, service: str, name: str) -> str:
    text = f"{service}: {name}"
    return "· " * depth + (text if len(text) <= _NAME_LENGTH else text[: _NAME_LENGTH - 1] + "…")


def _events(trace: Trace, logs: Mapping[str, str]) -> list[tuple[float, str, str]]:
    found = []
    for service, text in logs.items():
        for line in text.splitlines():
            start = line.find("{")  # a worker writes a prefix of its own before what is printed
            try:
                entry = json.loads(line[start:]) if start >= 0 else None
                if isinstance(entry, dict) and entry.get("trace_id") == trace.id:
                    found.append((_seconds(entry["timestamp"]), service, str(entry["event"])))
            except (ValueError, KeyError, TypeError):
                continue
    return sorted(found)[:_LOGS_SHOWN]


def _seconds(timestamp: str | float) -> float:
    return datetime.fromisoformat(timestamp).timestamp() if isinstance(timestamp, str) else float(timestamp)
