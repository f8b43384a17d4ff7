"""Notebook 02 as a learner sees it: a real JupyterLab in a real browser, without internet.

The pictures for the README are made by the same test:

    FOODCOURT_PICTURES=docs/images .venv/bin/pytest tests/browser
"""

import pytest
from lab_page import Notebook
from playwright.sync_api import expect

NOTEBOOK = "02_a_minimal_fastapi_service"


def see_docs(link, lab):
    """Follow a link to /docs, try a request out there, and give the page."""
    with lab.browser.expect_page() as opened:
        link.click()
    page = opened.value
    expect(page.get_by_role("heading", name="users-service")).to_be_visible()
    page.locator(".opblock", has_text="/users/{uid}").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_placeholder("uid").fill("2")
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table")).to_contain_text("grace@example.com")
    return page


def guess(cell, number):
    """Record a guess with the keyboard alone."""
    keyboard = cell.page.keyboard
    cell.get_by_label("Your guess").focus()
    keyboard.press("Control+a")
    keyboard.type(number)
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(cell.get_by_role("status")).to_contain_text("Recorded")


@pytest.mark.timeout(400)
def test_a_learner_works_through_it(lab, pictures):
    """A guess is recorded, /docs opens both ways and answers, all cells run and show their pictures; all offline."""
    page = lab.open(f"/lab/tree/notebooks/{NOTEBOOK}.ipynb")
    notebook = Notebook(page, lab.workbook.notebooks / f"{NOTEBOOK}.ipynb")

    # Up to the first guess: later cells stop the service that the links lead to.
    question = notebook.find('"02.a",')
    question.click()
    notebook.menu("Run", "Run All Above Selected Cell")
    notebook.wait_until_idle()
    page.keyboard.press("Control+Enter")
    guess(question, "1.5")

    links = notebook.find("open_docs(users)")
    docs = see_docs(links.get_by_role("link", name="directly"), lab)
    assert "/proxy/" not in docs.url
    docs.close()
    docs = see_docs(links.get_by_role("link", name="through JupyterLab"), lab)
    assert docs.url.startswith(f"{lab.url}/proxy/")
    docs.screenshot(path=pictures / "docs.png")
    docs.close()

    notebook.run_all_anew()

    plots = notebook.panel.locator(".jp-OutputArea-output img")
    assert plots.count() >= 8
    for plot in plots.all():
        plot.scroll_into_view_if_needed()
        expect(plot).to_be_visible()
        assert plot.evaluate("image => image.naturalWidth") > 100
        assert len(plot.get_attribute("alt")) > 40, "the alternative text should say what there is to see"
    answer = notebook.find('compare("02.a"')
    expect(answer).to_contain_text("You guessed 1.5 s")

    page.keyboard.press("Control+b")  # puts the file browser away, for the picture
    answer.evaluate("cell => cell.scrollIntoView()")
    page.screenshot(path=pictures / "notebook.png")
    assert lab.refused == []
