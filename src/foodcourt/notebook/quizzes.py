"""The questions at the end of a chapter."""

from __future__ import annotations

import html
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foodcourt.errors import UsageError
from foodcourt.notebook.choices import choices, status
from foodcourt.notebook.learner_file import recall, record
from foodcourt.notebook.outputs import show_widget
from foodcourt.workbook import find_workbook

__all__ = ["Option", "Question", "load_quiz", "quiz"]

_SECTION = "answers"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose, and what is said to those who choose it."""

    text: str
    right: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers; exactly one of them is right."""

    ask: str
    options: tuple[Option, ...]


def quiz(chapter: str) -> None:
    """Ask a chapter's questions, with feedback on every answer; answers are kept in the learner file.

    Args:
        chapter: the chapter's number, such as `"02"`; its questions lie in `notebooks/quizzes/02_….toml`.

    Raises:
        UsageError: there is no such file, or it holds no valid questions.
    """
    import ipywidgets

    questions = load_quiz(_find(chapter))
    boxes = [_box(f"{chapter}.{number}", number, question) for number, question in enumerate(questions, start=1)]
    show_widget(ipywidgets.VBox(boxes), _twin(questions))


def load_quiz(path: Path) -> list[Question]:
    """Read a quiz from its file.

    Raises:
        UsageError: a question has not exactly one right answer, or a key is missing.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
        questions = [
            Question(
                table["ask"],
                tuple(Option(o["text"], o.get("right", False), o["feedback"]) for o in table["options"]),
            )
            for table in tables
        ]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise UsageError(
            f"{path.name} is no quiz: {error}\nnext: compare it with another file in {path.parent}"
        ) from error
    for question in questions:
        if sum(option.right for option in question.options) != 1:
            raise UsageError(
                f"{path.name}: expected one right answer to {question.ask!r}\nnext: mark one with right = true"
            )
    return questions


def _find(chapter: str) -> Path:
    folder = find_workbook().notebooks / "quizzes"
    found = sorted(folder.glob(f"{chapter}*.toml"))
    if not found:
        raise UsageError(f"no quiz for chapter {chapter} in {folder}\nnext: write {chapter}_<name>.toml there")
    return found[0]


def _box(key: str, number: int, question: Question) -> Any:
    import ipywidgets

    kept = recall(_SECTION, key)
    by_text = {option.text: option for option in question.options}
    feedback = ipywidgets.HTML(status(""))

    def answer(text: str) -> None:
        record(_SECTION, key, text)
        feedback.value = _feedback(by_text[text])

    if kept in by_text:
        feedback.value = _feedback(by_text[kept])
    heading = ipywidgets.HTML(
        f"<p style='line-height: 1.4'><strong>{number}.</strong> {html.escape(question.ask)}</p>"
    )
    return ipywidgets.VBox([heading, choices([option.text for option in question.options], answer), feedback])


def _feedback(option: Option) -> str:
    word = "Right." if option.right else "Not quite."
    return status(f"({option.text}) {option.feedback}", lead=word)


def _twin(questions: list[Question]) -> dict[str, str]:
    parts = []
    lines = []
    for number, question in enumerate(questions, start=1):
        lines.append(f"{number}. {question.ask}")
        parts.append(f"<p><strong>{number}.</strong> {html.escape(question.ask)}</p>")
        for option in question.options:
            lines.append(f"   ( ) {option.text}")
            word = "Right." if option.right else "Not quite."
            parts.append(
                f"<details><summary>{html.escape(option.text)}</summary>"
                f"<p><strong>{word}</strong> {html.escape(option.feedback)}</p></details>"
            )
    return {"text/html": "".join(parts), "text/plain": "\n".join(lines)}
