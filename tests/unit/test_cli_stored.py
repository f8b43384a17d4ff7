"""How executed notebooks are stored."""

from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from foodcourt.lab.stored import normalize, save

VIEW = "application/vnd.jupyter.widget-view+json"


def cell(*outputs):
    return v4.new_code_cell("…", outputs=list(outputs), metadata={"execution": {"iopub.status.busy": "2026-01-01"}})


def test_what_differs_between_runs_goes(workbook):
    """Execution times, widget state and the version of Python are not stored."""
    notebook = v4.new_notebook(cells=[cell()])
    notebook.metadata.update({"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.11.7"}})
    normalize(notebook, workbook)
    assert notebook.cells[0].metadata == {}
    assert "widgets" not in notebook.metadata
    assert notebook.metadata.language_info == {"name": "python"}


def test_picture_of_a_widget_stays(workbook):
    """Of an output that is both a live widget and a picture, the picture is stored."""
    output = v4.new_output("display_data", data={VIEW: {"model_id": "1f"}, "image/png": "iVBO", "text/plain": "x"})
    notebook = v4.new_notebook(cells=[cell(output)])
    normalize(notebook, workbook)
    assert set(notebook.cells[0].outputs[0].data) == {"image/png", "text/plain"}


def test_paths_become_relative(workbook):
    """Paths of this machine become relative to the workbook or to the home folder, in text, tables and tracebacks."""
    outputs = [
        v4.new_output("stream", text=f"wrote {workbook.root}/exercises/a.py\n"),
        v4.new_output(
            "display_data", data={"text/html": f"<b>{Path.home()}/b</b>", "text/plain": str(workbook.root)}
        ),
        v4.new_output("error", ename="E", evalue="e", traceback=[f"File {workbook.root}/c.py"]),
    ]
    notebook = v4.new_notebook(cells=[cell(*outputs)])
    normalize(notebook, workbook)
    stream, display, error = notebook.cells[0].outputs
    assert stream.text == "wrote exercises/a.py\n"
    assert display.data == {"text/html": "<b>~/b</b>", "text/plain": "."}
    assert error.traceback == ["File c.py"]


def test_unchanged_notebook_is_not_written(tmp_path):
    """A notebook that would be stored as it is keeps its file, time of change included."""
    path = tmp_path / "a.ipynb"
    path.write_text("")
    notebook = v4.new_notebook(cells=[cell()])
    assert save(notebook, path)
    before = path.stat()
    assert not save(notebook, path)
    assert path.stat() == before


def test_failed_write_leaves_the_old_notebook(tmp_path, monkeypatch):
    """When storing breaks off midway, the old file is whole and no other is left."""
    path = tmp_path / "a.ipynb"
    path.write_text("old")

    def full_disk(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(OSError, match="no space"):
        save(nbformat.v4.new_notebook(), path)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]
