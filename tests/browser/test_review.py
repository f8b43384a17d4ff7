"""The review of a class in a real browser, with the keyboard wherever a person would use it."""

import contextlib
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from graded_class import EXERCISE, SCRIPT, SLUG, WORKBOOK, report, small_class
from playwright.sync_api import expect

from foodcourt.grading.verdicts import Evidence
from foodcourt.reports.class_results import ClassResults
from foodcourt.review import write_static
from foodcourt.review.marking import Marks
from foodcourt.review.opening import leading_to
from foodcourt.review.snapshot import Snapshot

FOODCOURT = Path(sys.executable).with_name("foodcourt")
PATIENCE = 30_000
# Of two colours as "rgb(…)": (L1 + 0.05) / (L2 + 0.05), https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
CONTRASTS = """
() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = parse(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll("body *:not(svg *)")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    if (!element.checkVisibility()) continue;
    const pair = [light(parse(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) low.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return [...new Set(low)];
}
"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def out(tmp_path):
    """A class in which two failed alike and are too alike, and one whose name and log are hostile."""
    graded = small_class(tmp_path)
    passage = {"a_file": "users_service.py", "a_lines": [2, 3], "b_file": "users_service.py", "b_lines": [1, 2]}
    pairs = [("grace", "linus", [passage]), ("ada", SCRIPT, [])]
    (graded.out / "similarity.json").write_text(
        json.dumps([{"exercise": SLUG, "a": a, "b": b, "score": 0.9, "passages": found} for a, b, found in pairs])
    )
    pieces = (Evidence("log", "what users-service printed", f"{SCRIPT}\n" * 3),)
    files = {"users_service.py": f"import os\n\n\ndef read(uid: int) -> str:\n    return '{SCRIPT}'\n"}
    graded.add(SCRIPT, report(SCRIPT, ["users.get", "orders.timeout"], f"expected 200, got {SCRIPT}", pieces), files)
    graded.save()
    return graded.out


@contextlib.contextmanager
def reviewing(out, *arguments):
    """`foodcourt review` on a class: the address that it prints."""
    command = [FOODCOURT, "review", out, "--no-browser", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
def review(out):
    """`foodcourt review` on that class: the address that it prints."""
    with reviewing(out) as address:
        yield address


@pytest.fixture
def page(chromium):
    """A page that is told about everything that a browser complains of, but that a form was not filled in rightly."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    found = context.new_page()
    complaints = []
    found.on("console", lambda message: complaints.append(message.text))
    found.on("dialog", lambda dialog: complaints.append(dialog.message))
    found.on("pageerror", lambda error: complaints.append(str(error)))
    yield found
    context.close()
    assert [complaint for complaint in complaints if "status of 422" not in complaint] == []


def tab_to(page, locator):
    """Press Tab until an element has the focus, as somebody without a mouse does."""
    expect(locator).to_be_visible()
    for _ in range(200):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{locator} cannot be reached with Tab")


def press(page, locator, key="Enter"):
    tab_to(page, locator)
    page.keyboard.press(key)


def write(page, locator, text):
    tab_to(page, locator)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


@pytest.mark.timeout(240)
def test_an_instructor_reviews_a_class(review, out, page, pictures):
    """Sign, filter, read the evidence, set a score, comment on a group and export, with the keyboard alone."""
    page.goto(review)
    write(page, page.get_by_label(re.compile("^Name")), "Ada L.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You sign as Ada L.")).to_be_visible()
    assert "token" not in page.url

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    write(page, page.get_by_label("Name has"), "script")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Scores: 1 of 6 learners")).to_be_visible()
    press(page, page.get_by_role("link", name=f"{SCRIPT}, Exercise 1"))

    expect(page.get_by_role("heading", level=1)).to_contain_text(SCRIPT)
    log = page.locator("pre", has_text=f"{SCRIPT}\n{SCRIPT}").first
    expect(log).to_be_hidden()
    press(page, page.get_by_text("what users-service printed").first)
    expect(log).to_be_visible()
    write(page, page.get_by_label("Score, 0 to 100"), "99")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("and a reason; nothing is saved yet")
    write(page, page.get_by_role("textbox", name="Comment on the submission as a whole"), "come and see me")
    write(page, page.get_by_label("Reason (the"), "argued well")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Saved: comment on the submission as a whole, score 99.")
    expect(page.get_by_role("status")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Set the score by hand")).to_be_in_viewport()
    press(page, page.get_by_role("link", name="Files, and what differs"))
    expect(page.locator("pre.code")).to_contain_text(f"return '{SCRIPT}'")

    press(page, page.get_by_role("link", name=EXERCISE.title))
    press(page, page.get_by_role("link", name=re.compile("Who failed alike")))
    press(page, page.get_by_role("link", name="2 learners: users.unknown"))
    tab_to(page, page.get_by_label("On", exact=True))
    page.keyboard.type("users.unknown")
    write(page, page.get_by_label(re.compile("^Comment")), "a dictionary has get")
    press(page, page.get_by_role("checkbox", name="linus"), "Space")
    press(page, page.get_by_role("button", name="Save the comment"))
    expect(page.get_by_role("status")).to_have_text("Saved: comment on users.unknown.")

    press(page, page.get_by_role("link", name="Export"))
    press(page, page.get_by_role("button", name="Export now"))
    expect(page.get_by_role("status")).to_contain_text("Written")
    assert "argued well" in page.inner_text("main")
    [feedback] = (out / "feedback").glob("grace-*.html")
    assert "a dictionary has get" in feedback.read_text()
    [feedback] = (out / "feedback").glob("linus-*.html")
    assert "a dictionary has get" not in feedback.read_text()
    page.goto(feedback.as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("Feedback for linus")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_it_looks(review, page, pictures, scheme):
    """Text has enough contrast in light, dark and on paper, and no page is wider than a window or a telephone."""
    base = "{0.scheme}://{0.netloc}".format(urlsplit(review))
    page.emulate_media(color_scheme=scheme)
    page.goto(review)
    page.get_by_role("button").click()
    seen = {"review": "/", "review_exercise": f"/exercises/{SLUG}", "review_groups": f"/exercises/{SLUG}/groups"}
    page.goto(f"{base}/exercises/{SLUG}")
    submission = page.get_by_role("link", name=SCRIPT).get_attribute("href")
    seen["review_similar"] = f"/exercises/{SLUG}/similar"
    seen |= {"review_submission": submission, "review_files": f"{submission}/files", "review_export": "/export"}
    page.goto(f"{base}/exercises/{SLUG}/groups")
    seen["review_group"] = page.locator("h2 a").first.get_attribute("href")
    for name, path in seen.items():
        page.goto(base + path)
        for width in (1280, 400):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(WIDER) <= 0, (name, width)
            assert page.evaluate(CONTRASTS) == [], (name, width)
            page.screenshot(path=pictures / f"{name}_{scheme}_{width}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(media="print", color_scheme=scheme)
        assert page.evaluate(CONTRASTS) == [], (name, "print")
        page.screenshot(path=pictures / f"{name}_{scheme}_print.png", full_page=True)
        page.emulate_media(media="screen", color_scheme=scheme)


def test_the_file_that_a_browser_is_given(review, page, tmp_path):
    """The page on disk leads to the review, whose cookie is sent with the first page already."""
    with leading_to(review, tmp_path) as opened:
        page.goto(opened)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Which name")
    assert "token" not in page.url


def test_nothing_typed_is_lost_with_the_server(out, chromium):
    """Whether the server is gone, or was started anew, Back brings what was typed, and it can be saved in the end."""
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    save, reason = page.get_by_role("button", name="Save").last, page.get_by_label("Reason (")
    with reviewing(out, "--as", "Ada") as address:
        page.goto(address)
        press(page, page.get_by_role("link", name="grace, Exercise 1"))
        page.get_by_label("Score, 0 to 100").fill("98")
        reason.fill("took long to write")
    save.click()
    page.wait_for_url("chrome-error:**")
    page.go_back()
    expect(reason).to_have_value("took long to write")
    with reviewing(out, "--as", "Ada") as address:
        save.click()
        expect(page.get_by_text("What you typed is not lost")).to_be_visible()
        page.go_back()
        expect(reason).to_have_value("took long to write")
        context.new_page().goto(address)
        save.click()
        expect(page.get_by_text("took long to write")).to_be_visible()
        page.get_by_role("button", name="Save it now").click()
        expect(page.get_by_role("status")).to_have_text("Saved: score 98.")
    context.close()


def test_pages_on_disk(out, page):
    """The pages that `grade` writes open from disk with their style, and lead from one to the next."""
    page.goto(write_static(out, Snapshot(ClassResults.load(out, WORKBOOK), Marks.load(out))).as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse") == "collapse"
    press(page, page.get_by_role("link", name="grace, Exercise 1"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("grace")
    press(page, page.get_by_role("link", name="2 learners failed like this"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("who failed alike")
    press(page, page.get_by_role("link", name="Class"))
    press(page, page.get_by_role("link", name="2 pairs"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("too alike to be chance")
    press(page, page.get_by_role("link", name="linus"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("linus")
