"""Every chapter as it looks and moves in a real JupyterLab, in both themes and at twice the size.

By default one chapter is tried; with FOODCOURT_EVERY_CHAPTER=1 all are, which takes ten minutes, and pictures of what
they show lie beside each other in `.foodcourt/screenshots/` then, for people to look through:

    FOODCOURT_EVERY_CHAPTER=1 .venv/bin/pytest tests/browser/test_chapters.py
"""

import os
import tomllib

import pytest
from lab_page import Notebook
from playwright.sync_api import expect

from foodcourt.workbook import find_workbook

EVERY = bool(os.environ.get("FOODCOURT_EVERY_CHAPTER"))
CHAPTERS = [path.stem for path in sorted(find_workbook().notebooks.glob("*.ipynb" if EVERY else "05_*.ipynb"))]
"""By default one that measures little: other tests keep the cores busy meanwhile."""
SMALL = {"width": 640, "height": 450}
"""What 1280 by 900 pixels show at 200 %."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_seen_and_moves(lab, pictures, chapter):
    """All cells run; pictures have words, fit at 200 % and follow their controls; a question can be answered."""
    page = lab.open(f"/lab/tree/notebooks/{chapter}.ipynb")
    notebook = Notebook(page, lab.workbook.notebooks / f"{chapter}.ipynb")
    page.keyboard.press("Control+b")  # puts the file browser away: half of the width, at 200 %
    quiz = f'quiz("{chapter[:2]}")'
    notebook.run_above(quiz)

    shown = notebook.panel.locator(".jp-OutputArea-output").filter(has=page.locator("img, .widget-vbox"))
    for plot in shown.locator("img").all():
        plot.scroll_into_view_if_needed()
        assert plot.evaluate("image => image.naturalWidth") > 100
        assert len(plot.get_attribute("alt")) > 40, "the alternative text should say what there is to see"
    for theme in ("Light", "Dark"):
        notebook.theme(theme)
        take_pictures(shown, pictures, f"{chapter[:2]}-{theme.lower()}")

    size = page.viewport_size
    page.set_viewport_size(SMALL)
    take_pictures(shown, pictures, f"{chapter[:2]}-twice")
    for output in shown.all():
        too_wide = output.evaluate("it => it.scrollWidth - it.clientWidth")
        assert too_wide <= 1, f"{too_wide} pixels too wide at 200 %: {output.text_content()[:100]}"
    for button in shown.locator("button").all():
        assert button.evaluate("it => it.scrollWidth <= it.clientWidth"), f"cut off: {button.text_content()}"

    move_all(shown)  # before the last cells clear away what it moves
    page.set_viewport_size(size)
    notebook.run_from(quiz)
    answer_first(notebook, chapter)
    assert lab.refused == []


def take_pictures(shown, pictures, name):
    """Take a picture of each output, where all chapters are looked at."""
    for number, output in enumerate(shown.all() if EVERY else [], start=1):
        output.scroll_into_view_if_needed()
        output.screenshot(path=pictures / f"{name}-{number:02}.png")


def move_all(shown):
    """Change each control of what can be explored, and see that the picture is another one then."""
    for explorer in shown.filter(has=shown.page.locator(".widget-slider, .widget-toggle-buttons")).all():
        image = explorer.locator("img")
        for field in explorer.locator("input[type=number]").all():
            before = image.get_attribute("src")
            field.focus()
            for key in ("ArrowUp", "ArrowUp", "Enter"):
                shown.page.keyboard.press(key)
            expect(image).not_to_have_attribute("src", before)
        for button in explorer.locator(".widget-toggle-button").all():
            before = image.get_attribute("src")
            if "mod-active" not in button.get_attribute("class"):
                button.click()
                expect(image).not_to_have_attribute("src", before)


def answer_first(notebook, chapter):
    """Choose the right answer to the chapter's first question, and read what is said to it."""
    (questions,) = find_workbook().notebooks.glob(f"quizzes/{chapter[:2]}*.toml")
    options = tomllib.loads(questions.read_text(encoding="utf-8"))["question"][0]["options"]
    right = next(option["text"] for option in options if option.get("right"))
    quiz = notebook.find(f'quiz("{chapter[:2]}")')
    quiz.get_by_title(right, exact=True).first.click()
    expect(quiz.get_by_role("status").first).to_contain_text("Right.")
