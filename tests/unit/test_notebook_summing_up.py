"""`summary`: the whole course, predicted against measured."""

import ipywidgets
import pytest
from notebook_outputs import below, outputs, widget

from foodcourt.notebook import compare, predict, summary
from foodcourt.notebook.learner_file import LEARNER_FILE_VARIABLE


@pytest.fixture(autouse=True)
def learner_file(tmp_path, monkeypatch):
    monkeypatch.setenv(LEARNER_FILE_VARIABLE, str(tmp_path / "learner.json"))


def guess_at(capsys, key, guess=None, **settings):
    """Show the question and, if there is a guess, press the button that records it."""
    predict(key, f"What about {key}?", **settings)
    (shown,) = outputs(capsys)
    if guess is None:
        return
    buttons = below(widget(shown), ipywidgets.Button)
    if "options" in settings:
        buttons[settings["options"].index(guess)].click()
    else:
        below(widget(shown), ipywidgets.BoundedFloatText)[0].value = guess
        buttons[0].click()


def experiment(capsys, key, measured, guess=None, **settings):
    guess_at(capsys, key, guess, **settings)
    compare(key, measured)
    capsys.readouterr()


def test_without_a_guess_it_says_so(capsys):
    """A headless run measures everything and guesses nothing: there is no empty table."""
    experiment(capsys, "t.a", 2.0)
    summary()
    assert capsys.readouterr().out.startswith("No guess recorded yet, so there is nothing to compare.\nnext: ")


def test_each_guess_is_beside_what_was_measured(capsys):
    """Numbers and options of every chapter stand in one table, in the order of the course."""
    experiment(capsys, "t2.a", "it fails", "it waits", options=["it waits", "it fails"])
    experiment(capsys, "t1.a", 10.0, 2.0, unit="ms")
    experiment(capsys, "t1.b", 3)
    summary()
    table, drawn = outputs(capsys)
    assert table["text/plain"].splitlines() == [
        "experiment | question | your guess | measured | verdict",
        "t1.a | What about t1.a? | 2 ms | 10 ms | The guess was 5.0 times too low.",
        "t2.a | What about t2.a? | it waits | it fails | Not so.",
    ]
    assert "<td style=" in table["text/html"]
    assert drawn["text/plain"] == (
        "Guesses that were numbers: 1. Close to what was measured: 0. Too low: 1, too high: 0."
    )


def test_a_guess_that_was_not_measured_is_named(capsys):
    """Who has guessed and not yet run the experiment sees what was asked, and there is no picture."""
    guess_at(capsys, "t.a", 4.0, unit="ms")
    summary()
    (table,) = outputs(capsys)
    assert table["text/plain"].splitlines()[1] == "t.a | What about t.a? | 4 ms | not measured yet | "


def test_a_guess_of_nothing_is_in_the_table_alone(capsys):
    """Zero has no place on a logarithmic scale."""
    experiment(capsys, "t.a", 4.0, 0.0)
    summary()
    (table,) = outputs(capsys)
    assert "The guess was too low." in table["text/plain"]


def test_what_is_written_by_a_learner_is_no_markup(capsys):
    """An option's text is shown as it is."""
    experiment(capsys, "t.a", "<b>", "<b>", options=["<b>", "no"])
    summary()
    (table,) = outputs(capsys)
    assert "&lt;b&gt;" in table["text/html"]
    assert "<b>" not in table["text/html"]
