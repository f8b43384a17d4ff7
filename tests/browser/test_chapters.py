"""Every chapter as it looks and moves in a real JupyterLab, in both themes and at twice the size.

By default one chapter is looked at; with FOODCOURT_EVERY_CHAPTER=1 all are, and their pictures lie beside each other
in `.foodcourt/screenshots/`, for people to look through:

    FOODCOURT_EVERY_CHAPTER=1 .venv/bin/pytest tests/browser/test_chapters.py
"""

import os
import tomllib

import pytest
from lab_page import Notebook
from playwright.sync_api import expect

from foodcourt.workbook import find_workbook

NOTEBOOKS = sorted(find_workbook().notebooks.glob("*.ipynb"))
CHAPTERS = [
    path.stem for path in NOTEBOOKS if path.stem.startswith("04") or os.environ.get("FOODCOURT_EVERY_CHAPTER")
]
SMALL = {"width": 640, "height": 450}
"""What 1280 by 900 pixels show at 200 %."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_seen_and_moves(lab, pictures, chapter):
    """All cells run; pictures have words, fit at 200 % and follow their controls; a question can be answered."""
    page = lab.open(f"/lab/tree/notebooks/{chapter}.ipynb")
    notebook = Notebook(page)
    page.keyboard.press("Control+b")  # puts the file browser away: half of the width, at 200 %
    notebook.menu("Run", "Run All Cells")
    notebook.has_run()

    shown = notebook.panel.locator(".jp-OutputArea-output").filter(has=page.locator("img, .widget-vbox"))
    for theme in ("Light", "Dark"):
        notebook.theme(theme)
        for number, output in enumerate(shown.all(), start=1):
            output.scroll_into_view_if_needed()
            output.screenshot(path=pictures / f"{chapter[:2]}-{number:02}-{theme.lower()}.png")
    for plot in shown.locator("img").all():
        assert plot.evaluate("image => image.naturalWidth") > 100
        assert len(plot.get_attribute("alt")) > 40, "the alternative text should say what there is to see"

    page.set_viewport_size(SMALL)
    for number, output in enumerate(shown.all(), start=1):
        output.scroll_into_view_if_needed()
        output.screenshot(path=pictures / f"{chapter[:2]}-{number:02}-twice.png")
        too_wide = output.evaluate("it => it.scrollWidth - it.clientWidth")
        assert too_wide <= 1, (
            f"output {number} of {chapter} has to be scrolled sideways at 200 %: by {too_wide} pixels"
        )

    for explorer in notebook.panel.locator(".widget-vbox").filter(has=page.locator(".widget-slider")).all():
        image = explorer.locator("img")
        for field in explorer.locator("input[type=number]").all():
            before = image.get_attribute("alt"), image.get_attribute("src")
            field.focus()
            page.keyboard.press("ArrowUp")
            page.keyboard.press("ArrowUp")
            page.keyboard.press("Enter")
            expect(image).not_to_have_attribute("src", before[1])

    answer_first(notebook, chapter)
    assert lab.refused == []


def answer_first(notebook, chapter):
    """Choose the right answer to the chapter's first question, and read what is said to it."""
    (questions,) = find_workbook().notebooks.glob(f"quizzes/{chapter[:2]}*.toml")
    options = tomllib.loads(questions.read_text(encoding="utf-8"))["question"][0]["options"]
    right = next(option["text"] for option in options if option.get("right"))
    quiz = notebook.find(f'quiz("{chapter[:2]}")')
    quiz.get_by_title(right, exact=True).first.click()
    expect(quiz.get_by_role("status").first).to_contain_text("Right.")
