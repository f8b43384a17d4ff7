"""Grading from a cell: the same report as on the command line, as HTML, in a kernel whose event loop runs."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]


def outputs_of(cell, folder):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(f"from foodcourt.notebook import check\n{cell}")]
    )
    NotebookClient(
        notebook, kernel_name="python3", timeout=60, resources={"metadata": {"path": str(folder)}}
    ).execute()
    return notebook.cells[0].outputs


def test_a_cell_shows_the_report(tmp_path, monkeypatch):
    """`check("ex1")` shows every check in a table, and in words for who cannot see it."""
    monkeypatch.setenv("FOODCOURT_HOME", str(ROOT))
    printed, shown = outputs_of(f"check('ex1', submission={str(ROOT / 'solutions/ex1_two_services')!r})", tmp_path)
    assert printed.text.startswith("by hand: foodcourt check ex1 --submission")
    assert shown.data["text/html"].count("<tr>") == 1 + 15
    assert "100 of 100 points + 10 of 10 bonus" in shown.data["text/plain"]


def test_a_cell_says_what_to_type_when_there_is_nothing_to_grade(tmp_path, monkeypatch):
    """An unknown exercise is answered with those that there are, not with a traceback."""
    monkeypatch.setenv("FOODCOURT_HOME", str(ROOT))
    (printed,) = outputs_of("check('ex99')", tmp_path)
    assert "there is no exercise 'ex99'" in printed.text
    assert "foodcourt check ex1" in printed.text
