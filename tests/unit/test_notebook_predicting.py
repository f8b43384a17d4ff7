"""`predict` and `compare`."""

import ipywidgets
import pytest
from notebook_outputs import WIDGET, below, outputs, widget, words

from foodcourt.errors import UsageError
from foodcourt.notebook import compare, predict
from foodcourt.notebook.learner_file import LEARNER_FILE_VARIABLE, recall


@pytest.fixture(autouse=True)
def learner_file(tmp_path, monkeypatch):
    monkeypatch.setenv(LEARNER_FILE_VARIABLE, str(tmp_path / "learner.json"))


def ask(capsys, **settings):
    predict("t.a", "How long?", **settings)
    (shown,) = outputs(capsys)
    return shown


def test_a_guess_is_recorded_when_its_button_is_pressed(capsys):
    """A number is kept only when it was recorded on purpose, and the widget says so."""
    asked = widget(ask(capsys, high=10))
    (field,) = below(asked, ipywidgets.BoundedFloatText)
    (button,) = below(asked, ipywidgets.Button)
    field.value = 4.5
    assert recall("guesses", "t.a") is None
    button.click()
    assert recall("guesses", "t.a") == 4.5
    assert "Recorded: 4.5 s" in words(asked)


def test_a_recorded_guess_is_shown_again(capsys):
    """Running the notebook again finds the guess where it was."""
    below(widget(ask(capsys, low=2)), ipywidgets.Button)[0].click()
    again = widget(ask(capsys, low=2))
    assert below(again, ipywidgets.BoundedFloatText)[0].value == 2
    assert "Recorded: 2 s" in words(again)


def test_an_option_is_a_button_with_its_words(capsys):
    """Each answer has a button that names it, and pressing it records the answer."""
    asked = widget(ask(capsys, options=["it waits", "it fails"]))
    buttons = below(asked, ipywidgets.Button)
    assert [(button.description, button.tooltip) for button in buttons] == [("A", "it waits"), ("B", "it fails")]
    buttons[1].click()
    assert recall("guesses", "t.a") == "it fails"


def test_the_twin_needs_no_kernel(capsys):
    """Beside the widget there is the question in HTML and in plain text, for readers without a kernel."""
    shown = ask(capsys, unit="guests", high=20)
    assert shown.keys() == {WIDGET, "text/html", "text/plain"}
    assert shown["text/plain"] == "Predict. How long?\nYour guess: a number from 0 to 20 guests"
    assert "a number from 0 to 20 guests" in shown["text/html"]


def test_compare_without_a_guess_says_so(capsys):
    """A headless run, which made no guess, still shows what was measured."""
    ask(capsys)
    compare("t.a", 2.0)
    (shown,) = outputs(capsys)
    assert shown["text/plain"] == "Measured: 2 s. No guess recorded yet: make one above, then run this cell again."
    assert "<img alt=" in shown["text/html"]


@pytest.mark.parametrize(
    ("guess", "measured", "verdict"),
    [
        (2, 2, "Exactly."),
        (2, 2.2, "Well guessed."),
        (1, 12.1, "The guess was 12.1 times too low."),
        (10, 2, "The guess was 5.0 times too high."),
        (0, 4, "The guess was too low."),
        (3, 0, "The guess was too high."),
    ],
)
def test_compare_puts_the_guess_beside_the_truth(capsys, guess, measured, verdict):
    """The caption names both numbers and how far apart they are."""
    asked = widget(ask(capsys))
    below(asked, ipywidgets.BoundedFloatText)[0].value = guess
    below(asked, ipywidgets.Button)[0].click()
    compare("t.a", measured)
    (shown,) = outputs(capsys)
    assert shown["text/plain"] == f"You guessed {guess} s. Measured: {measured} s. {verdict}"


def test_compare_of_options_is_in_words(capsys):
    """Where the guess was a choice, the truth is said in a sentence."""
    asked = widget(ask(capsys, options=["yes", "no"]))
    compare("t.a", "no")
    assert capsys.readouterr().out.endswith(
        "Measured: no\nNo guess recorded yet: make one above, then run this cell again.\n"
    )
    below(asked, ipywidgets.Button)[0].click()
    compare("t.a", "no")
    assert capsys.readouterr().out == "Measured: no\nYou guessed: yes. Not so.\n"


def test_compare_needs_its_question():
    """A key that was never asked is a mistake in the notebook, and the message says what to run."""
    with pytest.raises(UsageError, match=r"predict\('t.never'"):
        compare("t.never", 1.0)
