"""The read-only pages and the feedback as files."""

import json
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from graded_class import EXERCISE, HOSTILE_NAMES, HOSTILE_TEXT, SCRIPT, SLUG, WORKBOOK, hostile_class, small_class
from pages import Page

from foodcourt.reports.class_results import ClassResults
from foodcourt.review import write_static
from foodcourt.review.changes import Kind, Target, Wish
from foodcourt.review.feedback import write_feedback
from foodcourt.review.links import page_name
from foodcourt.review.marking import Marks
from foodcourt.review.similar import MOST_PAIRS
from foodcourt.review.snapshot import Snapshot
from foodcourt.review.store import Store
from foodcourt.review.too_alike import too_alike

NAMES = ["Ada", "ada", "ADA", "a/da", "", ".", "..", "con", "-rf", "a" * 300, "ä", "李", *HOSTILE_NAMES]


def snapshot_of(graded):
    return Snapshot(ClassResults.load(graded.out, WORKBOOK), Marks.load(graded.out))


def pair(a, b, score, *passages):
    return {"exercise": SLUG, "a": a, "b": b, "score": score, "passages": list(passages)}


def pages_below(out):
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(out.rglob("*.html"))}


def test_names_of_pages():
    """A page's name is made of letters and digits, short, and nobody else's, on any file system."""
    found = [page_name(name) for name in NAMES]
    assert len({name.casefold() for name in found}) == len(NAMES)
    assert all(name.isascii() and name.replace("-", "").isalnum() and len(name) < 60 for name in found)


def test_every_link_leads_to_a_file(tmp_path):
    """The pages lead to each other by relative links alone, and to places that are there."""
    graded = small_class(tmp_path)
    index = write_static(graded.out, snapshot_of(graded))
    assert index == graded.out / "index.html"
    pages = pages_below(graded.out)
    reached = set()
    for path, page in pages.items():
        page.assert_readable()
        for link in page.links:
            found = urlsplit(link)
            assert (found.scheme, found.netloc) == ("", "")
            target = (path.parent / found.path).resolve() if found.path else path
            assert target in pages, link
            assert not found.fragment or found.fragment in pages[target].ids, link
            reached.add(target)
    assert set(pages) == reached


def test_nothing_is_fetched_and_nothing_runs(tmp_path):
    """A page holds its style itself, and forbids itself everything else."""
    graded = small_class(tmp_path)
    write_static(graded.out, snapshot_of(graded))
    for page in pages_below(graded.out).values():
        assert not {"script", "link", "img", "form"} & {
            tag for tag, found in page.elements if found.get("href") != "data:,"
        }
        [policy] = [found["content"] for _, found in page.elements if found.get("http-equiv")]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")


@pytest.mark.parametrize("write", ["static", "feedback"])
def test_hostile_data_is_text(tmp_path, write):
    """Names, messages, evidence, problems and pairs are shown as text on every page, whatever they hold."""
    graded = hostile_class(tmp_path)
    passage = {"a_file": HOSTILE_TEXT, "a_lines": [1, 2], "b_file": SCRIPT, "b_lines": [1, 2]}
    pairs = [pair(one, other, 0.9, passage) for one, other in pairwise(HOSTILE_NAMES)]
    (graded.out / "similarity.json").write_text(json.dumps(pairs))
    store = Store(graded.out / "review.sqlite")
    whole = [Wish(Target(Kind.COMMENT, SLUG, learner), SCRIPT) for learner in snapshot_of(graded).results.learners]
    store.record(SCRIPT, 0, [*whole, Wish(Target(Kind.SCORE, SLUG, "=cmd()"), SCRIPT, 7)])
    write_pages = {"static": write_static, "feedback": write_feedback}[write]
    write_pages(graded.out, snapshot_of(graded))
    pages = pages_below(graded.out)
    assert len(pages) > len(HOSTILE_NAMES)
    for page in pages.values():
        page.assert_harmless()
    said = " ".join(page.text for page in pages.values())
    for fragment in (
        SCRIPT,
        "{{ 7 * 7 }}",
        r"\x1b[2J",
        r"\xd800",
        "</pre></textarea>",
        "javascript:alert(1)",
        "=cmd()",
    ):
        assert fragment in said, fragment


def test_what_instructors_changed_is_in_it(tmp_path):
    """Pages that are written after a review show its scores and comments."""
    graded = small_class(tmp_path)
    store = Store(graded.out / "review.sqlite")
    store.record(
        "Ada L.",
        0,
        [
            Wish(Target(Kind.SCORE, SLUG, "grace"), "kept her word", 97),
            Wish(Target(Kind.COMMENT, SLUG, "grace", "users.unknown"), "a dictionary has get"),
        ],
    )
    write_static(graded.out, snapshot_of(graded))
    page = Page((graded.out / "pages" / SLUG / f"of-{page_name('grace')}.html").read_text())
    assert "97 of 100 , set by hand by Ada L." in page.text
    assert "a dictionary has get" in page.text
    assert "97" in Page((graded.out / "index.html").read_text()).text


def test_files_and_what_resembles_them_are_in_it(tmp_path):
    """What was handed in is shown, with what differs from the solution, and passages that two have in common."""
    graded = small_class(tmp_path)
    passage = {"a_file": "users_service.py", "a_lines": [2, 3], "b_file": "users_service.py", "b_lines": [1, 2]}
    (graded.out / "similarity.json").write_text(json.dumps([pair("grace", "linus", 0.93, passage)]))
    write_static(graded.out, snapshot_of(graded))
    folder = graded.out / "pages" / SLUG
    files = Page((folder / f"files-of-{page_name('ada')}.html").read_text())
    assert "def ada (): return 1" in files.text  # highlighted: a name is an element of its own
    assert "+def ada():" in files.text
    grace = Page((folder / f"of-{page_name('grace')}.html").read_text())
    assert "linus: 93%" in grace.text
    assert "linus: users_service.py, lines 1–2 # by linus x = 1" in grace.text
    gone = Page((folder / f"files-of-{page_name('ken')}.html").read_text())
    assert "nothing was handed in" in gone.text


def test_pairs_are_counted_and_listed(tmp_path):
    """The class page counts the pairs of an exercise and leads to the list of them, the most alike first."""
    graded = small_class(tmp_path)
    passage = {"a_file": "users_service.py", "a_lines": [2, 30], "b_file": "api.py", "b_lines": [1, 27]}
    pairs = [pair("grace", "linus", 0.8), pair("ada", "grace", 0.93, passage), pair("ada", "who has left", 1.0)]
    (graded.out / "similarity.json").write_text(json.dumps(pairs))
    index = Page(write_static(graded.out, snapshot_of(graded)).read_text())
    similar = f"pages/{SLUG}/similar.html"
    assert f"2 pairs of {EXERCISE.title}" in index.text
    assert similar in index.links
    assert "too alike to be chance: 2 pairs" in Page((graded.out / "pages" / SLUG / "index.html").read_text()).text
    page = Page((graded.out / similar).read_text())
    assert "2 pairs, the most alike first" in page.text
    assert "ada Ada Lovelace grace 93% 29 lines of users_service.py and api.py grace linus 80% –" in page.text
    assert "who has left" not in page.text
    names = [f"../../pages/{SLUG}/of-{page_name(name)}.html" for name in ("ada", "grace", "grace", "linus")]
    assert [link for link in page.links if "/of-" in link] == names


@pytest.mark.parametrize(
    ("told", "counted", "said"),
    [
        ("[]", "1 group of Exercise 1: two services none", "No two submissions are too alike to be chance."),
        (None, "not known of Exercise 1: two services", "It is not known yet"),
        ("[", "not known of Exercise 1: two services", "similar submissions are not shown"),
    ],
)
def test_none_is_said_only_where_it_is_known(tmp_path, told, counted, said):
    """An empty list says that there is no pair; one that is gone or damaged does not."""
    graded = small_class(tmp_path)
    if told is not None:
        (graded.out / "similarity.json").write_text(told)
    index = Page(write_static(graded.out, snapshot_of(graded)).read_text())
    assert counted in index.text
    page = Page((graded.out / "pages" / SLUG / "similar.html").read_text())
    page.assert_readable()
    assert said in page.text


def test_no_pair_is_told_while_work_waits(tmp_path):
    """Work that is not graded yet was not compared either."""
    graded = small_class(tmp_path)
    (graded.out / "similarity.json").write_text("[]")
    graded.add("new", files={"users_service.py": ""})
    graded.save()
    alike = too_alike(snapshot_of(graded), EXERCISE)
    assert (alike.pairs, alike.known) == ((), False)


def test_no_more_pairs_than_anybody_reads(tmp_path):
    """Of very many pairs the most alike are listed, and it is said that there may be more."""
    graded = small_class(tmp_path)
    pairs = [pair("ada", "grace", 0.9)] * MOST_PAIRS + [pair("grace", "linus", 0.8)]
    (graded.out / "similarity.json").write_text(json.dumps(pairs))
    index = Page(write_static(graded.out, snapshot_of(graded)).read_text())
    assert f"{MOST_PAIRS} pairs or more" in index.text
    page = Page((graded.out / "pages" / SLUG / "similar.html").read_text())
    assert f"The {MOST_PAIRS} most alike are shown; there may be more." in page.text
    assert (page.text.count("90%"), page.text.count("80%")) == (MOST_PAIRS, 0)


def test_no_old_page_stays(tmp_path):
    """Pages of who has left the class go, and nothing half written stays beside them, not even of who was killed."""
    graded = small_class(tmp_path)
    old = graded.out / "pages" / "old.html"
    old.parent.mkdir()
    old.touch()
    killed = graded.out / ".pages-x0" / "old" / SLUG  # as kill -9 leaves it between two names
    killed.mkdir(parents=True)
    (killed / "index.html").touch()
    write_static(graded.out, snapshot_of(graded))
    write_static(graded.out, snapshot_of(graded))
    assert not old.exists()
    assert [path.name for path in graded.out.iterdir() if path.name.startswith(".")] == []


def test_feedback_is_about_nobody_else(tmp_path):
    """A learner's page has their verdicts, comments and reasons, and nothing of others."""
    graded = small_class(tmp_path)
    store = Store(graded.out / "review.sqlite")
    store.record("Ada L.", 0, [Wish(Target(Kind.COMMENT, SLUG, "grace"), "well begun")])
    store.record("Ada L.", 0, [Wish(Target(Kind.SCORE, SLUG, "grace"), "kept her word", 97)])
    gone = graded.out / "feedback" / "of-who-has-left.html"
    gone.parent.mkdir()
    gone.touch()
    paths = write_feedback(graded.out, snapshot_of(graded))
    assert not gone.exists()
    assert {path.parent for path in paths} == {graded.out / "feedback"}
    pages = {path.name: Page(Path(path).read_text()) for path in paths}
    grace = pages[f"{page_name('grace')}.html"]
    grace.assert_readable()
    for words in ("well begun", "kept her word", "97 of 100", "the checks alone gave 95", "GET /users/4711 500"):
        assert words in grace.text
    assert not {"linus", "barbara", "Lovelace"} & set(grace.text.split())
    assert "Feedback for Ada Lovelace" in pages[f"{page_name('ada')}.html"].text
    assert "missing" in pages[f"{page_name('ken')}.html"].text
