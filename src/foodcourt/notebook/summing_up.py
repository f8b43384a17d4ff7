"""The whole course in one table: what was predicted, and what came of it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foodcourt.notebook.charts import COLOURS, blank
from foodcourt.notebook.learner_file import GUESSES, MEASURED, QUESTIONS, recall_all
from foodcourt.notebook.outputs import publish
from foodcourt.notebook.pictures import picture
from foodcourt.notebook.verdicts import amount, is_close, verdict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["summary"]

_HEADINGS = ("experiment", "question", "your guess", "measured", "verdict")
_NOTHING = (
    "No guess recorded yet, so there is nothing to compare.\n"
    "next: answer a Predict cell in any chapter, run that chapter's experiment, then run this cell again"
)
_NOT_YET = "not measured yet"


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    question: str
    unit: str
    guess: float | str
    measured: float | str | None

    @property
    def cells(self) -> tuple[str, ...]:
        if self.measured is None:
            return (self.key, self.question, amount(self.guess, self.unit), _NOT_YET, "")
        measured = amount(self.measured, self.unit)
        return (self.key, self.question, amount(self.guess, self.unit), measured, verdict(self.guess, self.measured))

    @property
    def factor(self) -> float | None:
        """How many times what was measured the guess is, where both are numbers above zero."""
        if isinstance(self.guess, str) or self.measured is None or isinstance(self.measured, str):
            return None
        return self.guess / self.measured if self.guess > 0 and self.measured > 0 else None


def summary() -> None:
    """Show every guess of the course beside what was measured: a table, and a picture of how far off they were.

    A guess counts as measured when its chapter's `compare` cell has run, whenever that was. Nothing is sent
    anywhere: all of it comes from the learner file.
    """
    asked, measured = recall_all(QUESTIONS), recall_all(MEASURED)
    rows = []
    for key, guess in sorted(recall_all(GUESSES).items()):
        question = asked.get(key, {})
        rows.append(_Row(key, question.get("text", ""), question.get("unit", ""), guess, measured.get(key)))
    if not rows:
        print(_NOTHING)
        return
    _table(rows)
    factors = {row.key: factor for row in rows if (factor := row.factor) is not None}
    if factors:
        close = sum(is_close(factor, 1.0) for factor in factors.values())
        picture(
            _distances(factors),
            says=f"Guesses that were numbers: {len(factors)}. Close to what was measured: {close}. "
            f"Too low: {sum(factor < 1 for factor in factors.values())}, "
            f"too high: {sum(factor > 1 for factor in factors.values())}.",
        )


def _table(rows: list[_Row]) -> None:
    head = "".join(f'<th scope="col" style="text-align: left">{heading}</th>' for heading in _HEADINGS)
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align: left">{html.escape(cell)}</td>' for cell in row.cells) + "</tr>"
        for row in rows
    )
    publish(
        {
            "text/html": f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>",
            "text/plain": "\n".join(" | ".join(row) for row in (_HEADINGS, *(row.cells for row in rows))),
        }
    )


def _distances(factors: dict[str, float]) -> Figure:
    """A dot for each guess, left of the line when it was too low, on a scale on which twice is as far as half."""
    figure, axes = blank(
        1.1 + 0.3 * len(factors),
        xlabel="guess ÷ measured (logarithmic)",
        title="Your guesses: on the line is right, left is too low, right is too high",
    )
    for row, factor in enumerate(factors.values()):
        axes.plot([1, factor], [row, row], color="black", linewidth=1)
        axes.plot([factor], [row], marker="o", markersize=9, color=COLOURS[0], markeredgecolor="black")
    axes.axvline(1, color="black", linestyle="--")
    axes.set_xscale("log")
    widest = max(10.0, *(max(factor, 1 / factor) * 1.5 for factor in factors.values()))
    axes.set_xlim(1 / widest, widest)
    axes.set_yticks(range(len(factors)), list(factors))
    axes.invert_yaxis()
    return figure
