"""Every chapter, as it is stored: its structure, its outputs, its pictures, its links.

Whether the cells still do what their stored outputs say is for `pytest --nbval`.
"""

import ast
import getpass
import html
import platform
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise, takewhile
from pathlib import Path

import nbformat
import pytest

from foodcourt.notebook.quizzes import load_quiz

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
CHAPTERS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
IGNORED = "nbval-ignore-output"
HEADINGS = (
    r"# \d\d · .+",
    "## What you'll do",
    "## What you'll learn",
    "## What you'll need",
    r"## Experiment \(a\): .+",
    "### What just happened[?]",
    "## Misconceptions",
    "## Quiz",
    "## In practice",
    "## (Your exercise|What next)",
    "## Clean up",
)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def plain(source):
    """A cell's Python: without magics and shell commands."""
    if source.startswith("%%"):
        return ""
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())


def tree(cell):
    return ast.parse(plain(cell.source))


def calls(cell, name):
    """The calls of a function in a cell, with their first argument where that is a constant."""
    return [
        node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        for node in ast.walk(tree(cell))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


def asserts(cell):
    return [node for node in ast.walk(tree(cell)) if isinstance(node, ast.Assert)]


def headings(notebook):
    lines = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    return [line for line in lines if line.startswith("#")]


def experiments(notebook):
    """The cells of each experiment, by its letter."""
    found, letter = {}, None
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if match := re.match(r"## Experiment \(([a-z])\)", line):
                    letter = match[1]
                elif line.startswith("## "):
                    letter = None
        if letter:
            found.setdefault(letter, []).append(cell)
    return found


def texts(cell):
    """Everything that is stored as text under a cell."""
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        yield from (value for kind, value in output.get("data", {}).items() if kind.startswith("text/"))


class Pictures(HTMLParser):
    """Collects the attributes of every image."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append(dict(attrs))


chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def test_there_are_chapters():
    """The tests below look at something."""
    assert len(CHAPTERS) >= 3


@chapter
def test_is_a_valid_notebook(path):
    """nbformat 4.5 with an id for each cell, and nothing in it that differs from machine to machine."""
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells), "cells should have no metadata but tags"


@chapter
def test_has_its_sections_in_order(path):
    """Every chapter is built alike, and its number is the file's."""
    found = headings(read(path))
    assert found[0].startswith(f"# {path.stem[:2]} · ")
    rest = iter(found)
    for wanted in HEADINGS:
        assert any(re.fullmatch(wanted, heading) for heading in rest), f"{wanted} is missing or out of order"


@chapter
def test_begins_and_finishes(path):
    """The first code cell makes the chapter's folder, and the last one cleans up."""
    first, *_, last = code_cells(read(path))
    assert calls(first, "begin") == [path.stem[:2]]
    assert calls(last, "finish") == [None]


@chapter
def test_code_cells_are_short(path):
    """A cell is 1 to 15 lines, and a file that it writes up to 41."""
    for cell in code_cells(read(path)):
        lines = len(cell.source.splitlines())
        limit = 42 if cell.source.startswith("%%writefile") else 15
        assert 1 <= lines <= limit, f"{lines} lines: {cell.source[:60]}"


@chapter
def test_every_experiment_predicts_measures_and_compares(path):
    """A guess comes first, a claim with a message is asserted, the guess is compared, and words say what happened."""
    notebook = read(path)
    found = experiments(notebook)
    assert list(found) == [chr(ord("a") + number) for number in range(len(found))]
    for letter, cells in found.items():
        key = f"{path.stem[:2]}.{letter}"
        steps = []
        for cell in cells:
            if cell.cell_type == "markdown":
                steps += ["happened"] * ("### What just happened?" in cell.source)
                continue
            steps += ["predict"] * calls(cell, "predict").count(key)
            claims = asserts(cell)
            assert all(claim.msg for claim in claims), f"an assert of {key} says nothing"
            steps += ["assert"] * bool(claims)
            steps += ["compare"] * calls(cell, "compare").count(key)
        rest = iter(steps)
        assert all(step in rest for step in ("predict", "assert", "compare", "happened")), f"{key} has only {steps}"


@chapter
def test_predictions_and_comparisons_belong_together(path):
    """Every guess is compared with something measured."""
    cells = code_cells(read(path))
    predicted = [key for cell in cells for key in calls(cell, "predict")]
    compared = [key for cell in cells for key in calls(cell, "compare")]
    assert predicted == compared
    assert len(predicted) == len(set(predicted))


@chapter
def test_names_misconceptions(path):
    """There is at least one, in a box of its own."""
    boxes = [cell.source for cell in read(path).cells if "## Misconceptions" in cell.source]
    assert re.search(r"^> \*\*Misconception:\*\*", boxes[0], re.MULTILINE)


@chapter
def test_has_a_quiz(path):
    """Three to five questions, with something to learn from every answer."""
    number = path.stem[:2]
    assert [key for cell in code_cells(read(path)) for key in calls(cell, "quiz")] == [number]
    (file,) = (NOTEBOOKS / "quizzes").glob(f"{number}*.toml")
    questions = load_quiz(file)
    assert 3 <= len(questions) <= 5
    for question in questions:
        assert len(question.options) >= 2
        assert all(option.text.strip() and option.feedback.strip() for option in question.options)


@chapter
def test_is_stored_as_one_run_from_top_to_bottom(path):
    """Every cell ran once, in order, and none failed or complained."""
    cells = code_cells(read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell.outputs:
            assert output.output_type in ("stream", "display_data", "execute_result"), cell.source
            assert output.get("name") != "stderr", output


@chapter
def test_most_outputs_are_compared(path):
    """At least 6 of 10 code cells have a stored output that nbval compares."""
    cells = code_cells(read(path))
    compared = [cell for cell in cells if cell.outputs and IGNORED not in cell.metadata.get("tags", [])]
    assert len(compared) >= 0.6 * len(cells), f"{len(compared)} of {len(cells)}"


@chapter
def test_what_a_machine_says_of_itself_is_not_stored(path):
    """A cell with the tag `remove-output` is stored without output."""
    for cell in code_cells(read(path)):
        assert "remove-output" not in cell.metadata.get("tags", []) or not cell.outputs, cell.source


@chapter
def test_no_output_names_a_machine_or_a_person(path):
    """No absolute path, no host name, no user name, no guess that somebody made."""
    absolute = re.compile(r"(?<![\w.:/<~])/(?:home|root|Users|tmp|var|private|opt|usr|etc|work|mnt|srv)/")
    names = [
        name for name in (platform.node(), getpass.getuser(), str(ROOT)) if name not in ("root", "localhost", "")
    ]
    for cell in code_cells(read(path)):
        for stored in texts(cell):
            text = re.sub("data:image/png;base64,[^\"']*", "", stored)  # whose letters may be any word
            assert not absolute.search(text), text[:300]
            assert not [name for name in names if re.search(rf"\b{re.escape(name)}\b", text)]
            assert "You guessed" not in text


@chapter
def test_every_picture_has_words(path):
    """A picture has alternative text and a visible caption; a widget has a twin that needs no kernel."""
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            data = output.get("data", {})
            assert not any("widget" in kind for kind in data), "widgets cannot be shown without a kernel"
            if not any(kind.startswith("image/") for kind in data):
                continue
            (image,) = Pictures(data["text/html"]).found
            assert len(image["alt"]) >= 20
            assert f"<figcaption>{html.escape(image['alt'])}</figcaption>" in data["text/html"]
            assert output.metadata["image/png"]["alt"] == image["alt"] == data["text/plain"]
        # A chart that is made must be shown by something that gives it words.
        if any(calls(cell, name) for name in ("bars", "gantt", "histogram")) and not cell.source.count("def "):
            assert calls(cell, "picture") or calls(cell, "explore"), cell.source


@chapter
def test_pictures_in_the_text_have_words(path):
    """An image in a markdown cell has alternative text."""
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"!\[\s*\]\(", cell.source), cell.source
            assert all(image.get("alt") for image in Pictures(cell.source).found)


@chapter
def test_its_head_states_the_memory_it_needs(path):
    """Before the first cell a learner is told what the chapter needs; `make kernels` measures it."""
    head = takewhile(lambda cell: cell.cell_type == "markdown", read(path).cells)
    assert re.search(r"about\s+\d+ MB of\s+memory", "\n".join(cell.source for cell in head))


@chapter
def test_links_lead_somewhere(path):
    """Every relative link in the text leads to a file of the workbook."""
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\(([^)\s]+)\)", cell.source):
                if not re.match(r"https?:|#", target):
                    assert (path.parent / target.partition("#")[0]).exists(), target


@chapter
def test_links_to_its_exercise_or_what_comes_next(path):
    """The chapter does not end in nothing."""
    (cell,) = (cell for cell in read(path).cells if re.search("^## (Your exercise|What next)", cell.source, re.M))
    assert "](" in cell.source


def ruff(*arguments, **settings):
    return subprocess.run(
        [sys.executable, "-m", "ruff", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, **settings
    )


@pytest.mark.parametrize(("path", "following"), list(pairwise(CHAPTERS)), ids=lambda path: path.stem)
def test_leads_to_the_next(path, following):
    """A chapter has a link to the one that follows."""
    assert f"]({following.name})" in "".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


@chapter
def test_cells_are_clean(path):
    """Cells pass the linter and the formatter, like any other code here."""
    for command in (("check", "--no-cache"), ("format", "--no-cache", "--check")):
        done = ruff(*command, str(path))
        assert done.returncode == 0, done.stdout + done.stderr


@chapter
def test_files_that_cells_write_are_clean(path):
    """Service code in `%%writefile` cells, which the linter skips, is as clean as an exercise's."""
    for cell in code_cells(read(path)):
        first, _, source = cell.source.partition("\n")
        if re.match(r"%%writefile \S+\.py$", first):
            name = f"exercises/chapter/{first.split()[1]}"
            for command in (("check", "--no-cache"), ("format", "--no-cache", "--diff")):
                done = ruff(*command, "--stdin-filename", name, "-", input=source + "\n")
                assert done.returncode == 0, f"{first}\n{done.stdout}{done.stderr}"


@chapter
def test_files_that_cells_write_say_a_line_at_once(path):
    """Programs print one thing a line: Python writes each on its own, and who reads the log may see half a line."""
    for cell in code_cells(read(path)):
        first, _, source = cell.source.partition("\n")
        if re.match(r"%%writefile \S+\.py$", first):
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "print":
                    assert len(node.args) == 1, f"{first}: {ast.unparse(node)}"


def test_nbval_kernels_take_no_ports(tmp_path):
    """Where outputs are compared, nobody waits for a kernel whose port became another's before it was taken."""
    cell = nbformat.v4.new_code_cell(
        "import json, ipykernel\nprint(json.load(open(ipykernel.get_connection_file()))['transport'])",
        execution_count=1,
        outputs=[nbformat.v4.new_output("stream", text="ipc\n")],
    )
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "01_one.ipynb")
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    (plugin,) = re.findall(r"-p (\S+) --nbval ", recipe)
    command = [sys.executable, "-m", "pytest", "-p", plugin, "-p", "no:cacheprovider", "--nbval", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
