"""Finding the workbook."""

from pathlib import Path

import pytest

from foodcourt import workbook as module
from foodcourt.errors import UsageError
from foodcourt.workbook import find_workbook


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """Stand in a folder that is in no workbook, with a package that is not installed from one."""
    monkeypatch.delenv("FOODCOURT_HOME", raising=False)
    monkeypatch.setattr(module, "__file__", str(tmp_path / "lib" / "foodcourt" / "workbook.py"))
    folder = tmp_path / "nowhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_from_a_folder_inside(workbook, nowhere):
    """From any folder inside a workbook, that workbook is found."""
    assert find_workbook(workbook.exercises).root == workbook.root


def test_variable_wins(workbook, nowhere, monkeypatch):
    """`FOODCOURT_HOME` stands before the current folder."""
    (nowhere / "notebooks").mkdir()
    (nowhere / "exercises").mkdir()
    monkeypatch.setenv("FOODCOURT_HOME", str(workbook.root))
    assert find_workbook().root == workbook.root


def test_variable_that_names_no_workbook(nowhere, monkeypatch):
    """A wrong `FOODCOURT_HOME` is an error that says what to type, not something to be passed over."""
    monkeypatch.setenv("FOODCOURT_HOME", str(nowhere))
    with pytest.raises(UsageError, match=r"next: unset FOODCOURT_HOME"):
        find_workbook()


def test_the_clone_that_we_are_installed_from(nowhere, monkeypatch):
    """The clone of an editable install is found, also from inside a submission that looks like a workbook."""
    monkeypatch.undo()
    (nowhere / "notebooks").mkdir()
    (nowhere / "exercises").mkdir()
    monkeypatch.delenv("FOODCOURT_HOME", raising=False)
    monkeypatch.chdir(nowhere)
    assert find_workbook().root == Path(module.__file__).resolve().parents[2]


def test_none(nowhere):
    """Without a workbook, the message says where it was looked for and what to type."""
    with pytest.raises(UsageError, match=r"nowhere.*\nnext: cd into the workbook"):
        find_workbook()
