"""Small charts for experiments, readable without colour: every series has a hatch and a name of its own.

Each function returns a figure for `picture`. Figures are made without pyplot, which keeps a list of open figures
and costs an import that a chart does not need.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

from foodcourt.notebook.verdicts import amount

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "HATCHES", "TITLE_COLUMNS", "bars", "blank", "gantt", "histogram", "lines"]

# Okabe and Ito's palette, told apart by people who see colours differently: https://jfly.uni-koeln.de/color/
COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#0072B2")
HATCHES = ("", "//", "..", "xx", "\\\\", "oo")
TITLE_COLUMNS = 76
"""Characters of a title that fit the width."""
_STYLES = ("-", "--", ":", "-.")
_MARKERS = ("o", "s", "^", "D", "v", "P")
_UNITS_OF_TIME = ("s", "ms")


def blank(height: float = 3.0, *, xlabel: str = "", ylabel: str = "", title: str = "") -> tuple[Figure, Axes]:
    """An empty chart in the workbook's style, to draw on.

    Args:
        height: in inches; the width is always 8.
        xlabel: what the horizontal axis counts, with its unit.
        ylabel: what the vertical axis counts, with its unit.
        title: one line above the chart.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(xlabel, fontsize=12)
    axes.set_ylabel(ylabel, fontsize=12)
    axes.set_title("\n".join(textwrap.wrap(title, TITLE_COLUMNS)), fontsize=12, loc="left")
    axes.tick_params(labelsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def bars(values: Mapping[str, float], *, unit: str = "s", xlabel: str | None = None, title: str = "") -> Figure:
    """One horizontal bar for each name, with its value written at its end.

    Args:
        values: the length of each bar by its name, drawn from top to bottom.
        unit: of the values.
        xlabel: by default "time in <unit>" for s and ms, else the unit itself.
        title: one line above the chart.
    """
    from matplotlib.ticker import MaxNLocator

    label = xlabel or (f"time in {unit}" if unit in _UNITS_OF_TIME else unit)
    figure, axes = blank(0.9 + 0.5 * len(values), xlabel=label, title=title)
    for row, (value, colour, hatch) in enumerate(zip(values.values(), cycle(COLOURS), cycle(HATCHES), strict=False)):
        axes.barh(row, value, color=colour, hatch=hatch, edgecolor="black")
        axes.annotate(
            amount(value, unit), (value, row), xytext=(5, 0), textcoords="offset points", va="center", fontsize=11
        )
    axes.set_yticks(range(len(values)), list(values))
    axes.invert_yaxis()
    if unit not in _UNITS_OF_TIME:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(0, max([*values.values(), 0.0]) * 1.15 or 1)
    return figure


def gantt(
    rows: Mapping[str, Sequence[tuple[float, float]]], *, unit: str = "s", xlabel: str | None = None, title: str = ""
) -> Figure:
    """When each piece of work began and ended: one thin line for each piece, one band for each name.

    Args:
        rows: for each name, the (begin, end) of its pieces, in the unit, drawn from top to bottom.
        unit: of the times.
        xlabel: by default "time in <unit>".
        title: one line above the chart.
    """
    figure, axes = blank(1.0 + 1.1 * len(rows), xlabel=xlabel or f"time in {unit}", title=title)
    middles = []
    for band, (spans, colour, hatch) in enumerate(zip(rows.values(), cycle(COLOURS), cycle(HATCHES), strict=False)):
        thickness = 0.8 / max(len(spans), 1)
        for place, (begin, end) in enumerate(sorted(spans)):
            axes.broken_barh(
                [(begin, end - begin)],
                (band + place * thickness, thickness * 0.8),
                facecolor=colour,
                hatch=hatch if thickness > 0.05 else "",
                edgecolor="black",
                linewidth=min(10 * thickness, 0.8),  # outlines of very thin lines would hide what they outline
            )
        middles.append(band + 0.4)
    axes.set_yticks(middles, list(rows))
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    return figure


def histogram(
    samples: Mapping[str, Sequence[float]],
    *,
    unit: str = "s",
    bins: int = 30,
    marks: Mapping[str, float] | None = None,
    xlabel: str | None = None,
    title: str = "",
) -> Figure:
    """How often each value came up.

    Args:
        samples: the values by the name of their series.
        unit: of the values.
        bins: how many columns.
        marks: dashed vertical lines, by their label, such as `{"timeout": 0.5}`.
        xlabel: by default "time in <unit>".
        title: one line above the chart.
    """
    figure, axes = blank(3.2, xlabel=xlabel or f"time in {unit}", ylabel="how many", title=title)
    everything = [value for series in samples.values() for value in series]
    span = (min(everything, default=0.0), max(everything, default=1.0))
    for (name, series), colour, hatch in zip(samples.items(), cycle(COLOURS), cycle(HATCHES), strict=False):
        axes.hist(series, bins=bins, range=span, color=colour, hatch=hatch, edgecolor="black", alpha=0.75, label=name)
    top = axes.get_ylim()[1]
    for label, value in (marks or {}).items():
        axes.axvline(value, color="black", linestyle="--")
        axes.annotate(label, (value, top), xytext=(4, -12), textcoords="offset points", fontsize=11)
    if len(samples) > 1:
        axes.legend(fontsize=11, frameon=False)
    return figure


def lines(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    xlabel: str = "time in s",
    ylabel: str = "",
    marks: Mapping[str, float] | None = None,
    title: str = "",
) -> Figure:
    """How values change over time, or with anything else: one line, dashed and marked in its own way, for each name.

    Args:
        series: the horizontal and the vertical values of each line by its name.
        xlabel: what the horizontal axis counts, with its unit.
        ylabel: what the vertical axis counts, with its unit.
        marks: dashed vertical lines, by their label, such as `{"the kitchen closes": 2.0}`.
        title: one line above the chart.
    """
    figure, axes = blank(3.2, xlabel=xlabel, ylabel=ylabel, title=title)
    looks = zip(cycle(COLOURS), cycle(_STYLES), cycle(_MARKERS), strict=False)
    for (name, (across, up)), (colour, style, marker) in zip(series.items(), looks, strict=False):
        axes.plot(
            across,
            up,
            color=colour,
            linestyle=style,
            marker=marker,
            markevery=max(1, len(across) // 12),
            markeredgecolor="black",
            label=name,
        )
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    top = axes.get_ylim()[1]
    for label, value in (marks or {}).items():
        axes.axvline(value, color="black", linestyle="--")
        axes.annotate(label, (value, top), xytext=(4, -12), textcoords="offset points", fontsize=11)
    if len(series) > 1:
        axes.legend(fontsize=11, frameon=False)
    return figure
