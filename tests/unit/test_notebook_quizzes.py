"""`quiz`: the questions at the end of a chapter."""

import ipywidgets
import pytest
from notebook_outputs import below, outputs, widget, words

from foodcourt.errors import UsageError
from foodcourt.notebook import quiz
from foodcourt.notebook.learner_file import LEARNER_FILE_VARIABLE, recall
from foodcourt.notebook.quizzes import load_quiz

QUESTIONS = """
[[question]]
ask = "Who <waits>?"
options = [
    { text = "everybody", right = true, feedback = "There is one loop." },
    { text = "nobody", feedback = "Somebody does." },
]
"""


@pytest.fixture
def folder(workbook, monkeypatch, tmp_path):
    monkeypatch.setenv("FOODCOURT_HOME", str(workbook.root))
    monkeypatch.setenv(LEARNER_FILE_VARIABLE, str(tmp_path / "learner.json"))
    folder = workbook.notebooks / "quizzes"
    folder.mkdir()
    (folder / "02_second.toml").write_text(QUESTIONS)
    return folder


@pytest.mark.usefixtures("folder")
def test_every_answer_gets_its_feedback(capsys):
    """A press tells whether it was right and why, and keeps the answer; changing one's mind is allowed."""
    quiz("02")
    shown = widget(outputs(capsys)[0])
    right, wrong = below(shown, ipywidgets.Button)
    wrong.click()
    assert "<strong>Not quite.</strong> (nobody) Somebody does." in words(shown)
    right.click()
    assert "<strong>Right.</strong> (everybody) There is one loop." in words(shown)
    assert recall("answers", "02.1") == "everybody"


@pytest.mark.usefixtures("folder")
def test_a_given_answer_is_shown_again(capsys):
    """Running the cell again finds the answer and its feedback."""
    quiz("02")
    below(widget(outputs(capsys)[0]), ipywidgets.Button)[1].click()
    quiz("02")
    assert "Somebody does." in words(widget(outputs(capsys)[0]))


@pytest.mark.usefixtures("folder")
def test_the_twin_hides_its_feedback_behind_each_answer(capsys):
    """On GitHub each answer can be unfolded, without a kernel and without code."""
    quiz("02")
    page = outputs(capsys)[0]["text/html"]
    assert "Who &lt;waits&gt;?" in page
    assert page.count("<details><summary>") == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[[question]]\nask = 'x'", "'options'"),
        ("question = ", "Invalid value"),
        (QUESTIONS.replace("right = true", "right = false"), "expected one right answer to 'Who <waits>?'"),
        (QUESTIONS.replace('"nobody",', '"nobody", right = true,'), "expected one right answer"),
    ],
)
def test_a_file_that_is_no_quiz_is_named(folder, content, says):
    """The author of a chapter learns which file is wrong and what it lacks."""
    (folder / "03_third.toml").write_text(content)
    with pytest.raises(UsageError, match="03_third") as error:
        load_quiz(folder / "03_third.toml")
    assert says in str(error.value)


@pytest.mark.usefixtures("folder")
def test_a_missing_quiz_is_named():
    """Asking for a chapter that has no questions says which file to write."""
    with pytest.raises(UsageError, match="no quiz for chapter 07"):
        quiz("07")
