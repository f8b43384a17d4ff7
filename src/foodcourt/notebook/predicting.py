"""Guess first, measure then: `predict` and `compare`."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from foodcourt.errors import UsageError
from foodcourt.notebook.learner_file import recall, record
from foodcourt.notebook.outputs import show_widget
from foodcourt.notebook.pictures import picture
from foodcourt.notebook.plots import bars

__all__ = ["compare", "predict"]

_SECTION = "guesses"
NO_GUESS = "No guess recorded yet: make one above, then run this cell again."


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
    kept = recall(_SECTION, key)
    words = {"description_width": "initial"}
    field: Any
    if options is not None:
        value = kept if kept in options else None
        field = ipywidgets.RadioButtons(
            options=list(options),
            value=value,
            description="Your guess:",
            style=words,
            layout={"width": "max-content"},
        )
    else:
        start = float(kept) if isinstance(kept, int | float) else (low + high) / 2
        field = ipywidgets.FloatSlider(
            value=min(max(start, low), high),
            min=low,
            max=high,
            step=(high - low) / 100,
            description=f"Your guess in {unit}:",
            style=words,
            layout={"width": "32em"},
        )
    button = ipywidgets.Button(description="Record my guess", layout={"width": "max-content"})
    status = ipywidgets.HTML(_status(kept, _asked[key]))

    def keep(_: Any) -> None:
        if field.value is None:
            status.value = "<p role='status'>Choose an answer first.</p>"
            return
        record(_SECTION, key, field.value)
        status.value = _status(field.value, _asked[key])

    button.on_click(keep)
    heading = ipywidgets.HTML(f"<p><strong>Predict.</strong> {html.escape(question)}</p>")
    show_widget(ipywidgets.VBox([heading, field, button, status]), _twin(question, unit, low, high, options))


def compare(key: str, measured: float | str) -> None:
    """Show the guess beside what was measured, as a picture and in words.

    Args:
        key: what `predict` was given.
        measured: the number, in the unit of the question, or the option that turned out right.

    Raises:
        UsageError: nothing was predicted under this key in this run of the notebook.
    """
    if key not in _asked:
        raise UsageError(
            f"compare({key!r}) needs predict({key!r}, …) to have run in this notebook\nnext: run that cell"
        )
    question = _asked[key]
    guess = recall(_SECTION, key)
    if isinstance(measured, str):
        print(f"Measured: {measured}")
        print(NO_GUESS if guess is None else f"You guessed: {guess}. {'Right!' if guess == measured else 'Not so.'}")
        return
    rows = {"measured": measured}
    if isinstance(guess, int | float):
        rows = {"your guess": float(guess)} | rows
        says = f"You guessed {_number(guess)} {question.unit}; measured: {_number(measured)} {question.unit}. "
        says += _verdict(float(guess), measured)
    else:
        says = f"Measured: {_number(measured)} {question.unit}. {NO_GUESS}"
    picture(bars(rows, unit=question.unit, title=question.text), says=says)


def _verdict(guess: float, measured: float) -> str:
    if guess <= 0 or measured <= 0:
        return ""
    factor = max(guess, measured) / min(guess, measured)
    if factor < 1.25:
        return "Well guessed."
    return f"The guess is {factor:.1f} times too {'low' if guess < measured else 'high'}."


def _number(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def _status(guess: Any, question: _Question) -> str:
    if guess is None:
        return "<p role='status'>No guess recorded yet.</p>"
    words = f"{_number(guess)} {question.unit}" if isinstance(guess, int | float) else str(guess)
    return f"<p role='status'>Recorded: {html.escape(words)}</p>"


def _twin(question: str, unit: str, low: float, high: float, options: Sequence[str] | None) -> dict[str, str]:
    choices = f"a number from {low:g} to {high:g} {unit}" if options is None else " / ".join(options)
    return {
        "text/html": f"<p><strong>Predict.</strong> {html.escape(question)}<br>"
        f"Your guess: {html.escape(choices)}</p>",
        "text/plain": f"Predict. {question}\nYour guess: {choices}",
    }
