"""A private folder for each running notebook, and what `begin` does with it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import psutil

from foodcourt.notebook.entering import close_all
from foodcourt.notebook.starting import stop_all
from foodcourt.workbook import find_workbook

__all__ = ["begin"]


def begin(chapter: str) -> None:
    """Give this notebook a clean folder of its own and work in it; the first cell of every chapter.

    Files that cells write land there, so two notebooks, or two runs of one, never see each other's files. What an
    earlier run in this kernel left behind is stopped and deleted, and so are the folders of kernels that are gone.

    Args:
        chapter: the chapter's number, such as `"02"`.
    """
    stop_all()
    close_all()
    work = find_workbook().state / "work"
    work.mkdir(parents=True, exist_ok=True)
    _prune(work)
    folder = work / f"{chapter}-{os.getpid()}"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    os.chdir(folder)
    _point(work / chapter, folder)
    _put_our_commands_first()
    print(f"Chapter {chapter} works in a fresh folder of its own: .foodcourt/work/{chapter}")


def _prune(work: Path) -> None:
    """Delete the folders of kernels that no longer run."""
    for folder in work.iterdir():
        _, _, pid = folder.name.rpartition("-")
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            # Another notebook may be pruning the same folder this very moment.
            shutil.rmtree(folder, ignore_errors=True)


def _point(link: Path, folder: Path) -> None:
    """Let a name without a process number lead to the folder, for `cd` in a terminal.

    When one chapter runs in two kernels, the name leads to the one that began last.
    """
    fresh = link.with_name(f"{folder.name}.link")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder.name)
    fresh.replace(link)


def _put_our_commands_first() -> None:
    """Let `!foodcourt doctor` in a cell find this workbook's command, however JupyterLab was started."""
    ours = str(Path(sys.executable).parent)
    before = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if before[0] != ours:
        os.environ["PATH"] = os.pathsep.join([ours, *before])
