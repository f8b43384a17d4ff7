"""Guess first, measure then: `predict` and `compare`."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from foodcourt.errors import UsageError
from foodcourt.notebook.charts import bars
from foodcourt.notebook.choices import choices, status
from foodcourt.notebook.learner_file import GUESSES, MEASURED, QUESTIONS, recall, record
from foodcourt.notebook.outputs import show_widget
from foodcourt.notebook.pictures import picture
from foodcourt.notebook.verdicts import amount, verdict

__all__ = ["compare", "predict"]

_NO_GUESS = "No guess recorded yet: make one above, then run this cell again."


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    unit: str


_asked: dict[str, _Question] = {}


def predict(
    key: str,
    question: str,
    *,
    unit: str = "s",
    low: float = 0.0,
    high: float = 15.0,
    options: Sequence[str] | None = None,
) -> None:
    """Ask for a guess before an experiment; the guess is kept in the learner file.

    Args:
        key: unique in the workbook, such as `"02.a"`; `compare` finds the guess under it.
        question: what is asked, in one sentence.
        unit: of a number.
        low: the smallest number that can be guessed.
        high: the largest.
        options: answers to choose from, instead of a number.
    """
    import ipywidgets

    _asked[key] = _Question(question, unit)
    kept = recall(GUESSES, key)
    line = ipywidgets.HTML(status("No guess recorded yet." if kept is None else f"Recorded: {amount(kept, unit)}"))

    def keep(guess: float | str) -> None:
        record(QUESTIONS, key, {"text": question, "unit": unit})
        record(GUESSES, key, guess)
        line.value = status(f"Recorded: {amount(guess, unit)}")

    entry = _number_field(kept, unit, low, high, keep) if options is None else choices(options, keep)
    heading = ipywidgets.HTML(f"<p style='line-height: 1.4'><strong>Predict.</strong> {html.escape(question)}</p>")
    show_widget(ipywidgets.VBox([heading, entry, line]), _twin(question, unit, low, high, options))


def compare(key: str, measured: float | str) -> None:
    """Show the guess beside what was measured, as a picture and in words, and keep what was measured for `summary`.

    Args:
        key: what `predict` was given.
        measured: the number, in the unit of the question, or the option that turned out right.

    Raises:
        UsageError: nothing was predicted under this key in this run of the notebook.
    """
    if key not in _asked:
        raise UsageError(
            f"compare({key!r}) expects predict({key!r}, …) to have run in this notebook, but it has not\n"
            "next: run that cell, then this one again"
        )
    question = _asked[key]
    record(MEASURED, key, measured if isinstance(measured, str) else float(measured))
    guess = recall(GUESSES, key)
    if isinstance(measured, str):
        print(f"Measured: {measured}")
        print(_NO_GUESS if guess is None else f"You guessed: {guess}. {verdict(guess, measured)}")
        return
    rows = {"measured": float(measured)}
    says = f"Measured: {amount(measured, question.unit)}. "
    if isinstance(guess, int | float):
        rows = {"your guess": float(guess)} | rows
        says = f"You guessed {amount(guess, question.unit)}. {says}{verdict(guess, measured)}"
    else:
        says += _NO_GUESS
    picture(bars(rows, unit=question.unit, title=question.text), says=says)


def _number_field(kept: Any, unit: str, low: float, high: float, keep: Callable[[float], None]) -> Any:
    """A number field, and a button that records what is in it.

    Not a slider: ipywidgets gives a slider's handle no name that a screen reader could say.
    """
    import ipywidgets

    field = ipywidgets.BoundedFloatText(
        value=min(max(float(kept), low), high) if isinstance(kept, int | float) else low,
        min=low,
        max=high,
        step=(high - low) / 100,
        description=f"Your guess in {unit}, {low:g} to {high:g}:",
        style={"description_width": "initial"},
        layout={"width": "24em"},
    )
    button = ipywidgets.Button(description="Record my guess", layout={"width": "max-content"})
    button.on_click(lambda _: keep(field.value))
    return ipywidgets.HBox([field, button])


def _twin(question: str, unit: str, low: float, high: float, options: Sequence[str] | None) -> dict[str, str]:
    answers = f"a number from {low:g} to {high:g} {unit}" if options is None else " / ".join(options)
    return {
        "text/html": f"<p><strong>Predict.</strong> {html.escape(question)}<br>"
        f"Your guess: {html.escape(answers)}</p>",
        "text/plain": f"Predict. {question}\nYour guess: {answers}",
    }
