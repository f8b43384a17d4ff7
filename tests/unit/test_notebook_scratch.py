"""`begin`: a clean folder of its own for each running notebook."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from foodcourt.notebook import begin


@pytest.fixture
def work(workbook, monkeypatch):
    monkeypatch.setenv("FOODCOURT_HOME", str(workbook.root))
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.chdir(workbook.notebooks)
    return workbook.state / "work"


def test_works_in_a_folder_of_its_own(work, capsys):
    """The current folder is new and empty, a short name leads to it, and the message is the same on every machine."""
    begin("02")
    assert Path.cwd() == work / f"02-{os.getpid()}"
    assert not list(Path.cwd().iterdir())
    assert (work / "02").resolve() == Path.cwd()
    assert capsys.readouterr().out == "Chapter 02 works in a fresh folder of its own: .foodcourt/work/02\n"


@pytest.mark.usefixtures("work")
def test_deletes_what_the_last_run_left():
    """Beginning again in the same kernel gives an empty folder."""
    begin("02")
    Path("users_service.py").write_text("app = None")
    begin("02")
    assert not list(Path.cwd().iterdir())


def test_prunes_the_folders_of_kernels_that_are_gone(work):
    """Folders of dead processes go; those of living ones, and whatever else lies there, stay."""
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    gone, alive, other = work / f"03-{dead.stdout.strip()}", work / f"03-{os.getppid()}", work / "notes"
    for folder in (gone, alive, other):
        folder.mkdir(parents=True)
    begin("02")
    assert not gone.exists()
    assert alive.is_dir()
    assert other.is_dir()


@pytest.mark.usefixtures("work")
def test_puts_our_commands_first(monkeypatch):
    """`!foodcourt` in a cell finds the command of this environment, however JupyterLab was started."""
    monkeypatch.setenv("PATH", "/usr/bin")
    begin("02")
    begin("02")
    assert os.environ["PATH"] == os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin"])
