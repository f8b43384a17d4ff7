"""Fixtures for all tests."""

import pytest
from nbformat import v4, write

from foodcourt.workbook import Workbook


@pytest.fixture
def workbook(tmp_path):
    """A small workbook of its own: three notebooks, no exercise."""
    root = tmp_path / "workbook"
    (root / "exercises").mkdir(parents=True)
    (root / "notebooks").mkdir()
    for stem in ("00_welcome", "02_second", "10_last"):
        write(v4.new_notebook(cells=[v4.new_code_cell("print('hello')")]), root / "notebooks" / f"{stem}.ipynb")
    return Workbook(root)
