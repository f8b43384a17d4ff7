"""Fixtures for all tests."""

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path

import leaks
import psutil
import pytest
from nbformat import v4, write

from foodcourt.workbook import Workbook

# What learners hand in has tests of its own, right ones and wrong ones. Checkers run those.
collect_ignore = ["submissions"]


# Whoever runs the tests in the background of a script has them ignore Ctrl-C, and with them all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def no_process_left():
    """Fail the test if 3 seconds after its end there are processes below this one that were not there before."""
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    yield
    try:
        leaks.until(lambda: not leaks.below(besides=before), what="the end of all processes that the test started")
    except AssertionError as error:
        error.add_note(leaks.describe(leaks.below(besides=before)))
        raise


@pytest.fixture
def marked():
    """A mark for processes (see `leaks.Marked`); the test fails if one of them is left 3 seconds after its end."""
    folder = Path(tempfile.mkdtemp(prefix="mark-", dir="/tmp"))  # short: there are sockets with longer names to come
    mark = leaks.Marked(folder)
    try:
        yield mark
        mark.assert_no_process_left()
    finally:
        mark.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def nobody(tmp_path, monkeypatch):
    """Give a context in which this process is a user without rights, in a folder that is open to everybody."""
    tmp_path.chmod(0o777)
    monkeypatch.chdir(tmp_path)  # those above it are closed
    mine = os.geteuid()

    @contextlib.contextmanager
    def being():
        if mine == 0:
            os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(mine)

    return being


@pytest.fixture
def workbook(tmp_path):
    """A small workbook of its own: three notebooks, no exercise."""
    root = tmp_path / "workbook"
    (root / "exercises").mkdir(parents=True)
    (root / "notebooks").mkdir()
    for stem in ("00_welcome", "02_second", "10_last"):
        write(v4.new_notebook(cells=[v4.new_code_cell("print('hello')")]), root / "notebooks" / f"{stem}.ipynb")
    return Workbook(root)
