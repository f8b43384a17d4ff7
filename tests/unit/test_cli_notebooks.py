"""Which notebook a word means."""

import pytest

from foodcourt.errors import UsageError
from foodcourt.lab.notebooks import list_notebooks, resolve_notebooks
from foodcourt.workbook import Workbook


def test_no_word_means_all(workbook):
    """Without a word all notebooks are meant, in their order."""
    assert [path.stem for path in resolve_notebooks(workbook, [])] == ["00_welcome", "02_second", "10_last"]


@pytest.mark.parametrize("word", ["02_second", "02_second.ipynb", "2", "02", "notebooks/02_second.ipynb"])
def test_ways_to_name_one(workbook, word, monkeypatch):
    """A name with or without suffix, a number and a path mean the same notebook."""
    monkeypatch.chdir(workbook.root)
    assert resolve_notebooks(workbook, [word]) == [workbook.notebooks / "02_second.ipynb"]


def test_path_outside_the_workbook(workbook, tmp_path):
    """A notebook that lies elsewhere is meant by its path."""
    other = tmp_path / "mine.ipynb"
    other.write_text("{}")
    assert resolve_notebooks(workbook, [str(other)]) == [other]


def test_named_twice_runs_once(workbook):
    """A notebook that is named twice is meant once, and the order of the words is kept."""
    assert [path.stem for path in resolve_notebooks(workbook, ["10", "2", "02_second"])] == ["10_last", "02_second"]


def test_unknown_name(workbook):
    """An unknown name is answered with all notebooks, the nearest, and the next command to type."""
    with pytest.raises(UsageError) as caught:
        resolve_notebooks(workbook, ["02_secnd"])
    message = str(caught.value)
    assert "did you mean '02_second'?" in message
    assert all(path.stem in message for path in list_notebooks(workbook))
    assert message.endswith("next: foodcourt run 02_second")


def test_unknown_number(workbook):
    """A number without a notebook is not taken for another."""
    with pytest.raises(UsageError, match="there is no notebook '1'"):
        resolve_notebooks(workbook, ["1"])


def test_workbook_without_notebooks(tmp_path):
    """A workbook whose notebooks are gone says how to get them back."""
    with pytest.raises(UsageError, match="next: git checkout"):
        resolve_notebooks(Workbook(tmp_path), [])
