"""What does each chapter take, and is anything left of it when its kernel is killed at the worst moment?

    make kernels
    make kernels ARGS="07 10"

Runs each chapter once, and tells how long it took, how much memory it needed with all that it started, and in which
cell most processes ran. Then again up to that cell, where its kernel gets a kill -9 once that many run: 5 seconds
later nothing may be left, RabbitMQ and epmd included.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from leaks import Marked, until
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from foodcourt.lab import jupyter_environment
from foodcourt.lab.notebooks import resolve_notebooks
from foodcourt.workbook import Workbook
from proof.store import ROOT

LIMIT_SECONDS, LIMIT_MIB = 60, 1536
WITHIN = 5.0
"""Seconds after which nothing may be left."""
_CELL_SECONDS = 240
_STATED = re.compile(r"about\s+(\d+) MB of\s+memory")


@dataclass(frozen=True)
class Run:
    """What a chapter took.

    Attributes:
        seconds: from the start of its kernel to its end.
        mib: the most memory that it and all that it started had at a time.
        busiest: the cell in which most processes ran.
        processes: how many.
    """

    seconds: float
    mib: float
    busiest: int
    processes: int


class Chapter:
    """A notebook in a kernel whose processes, and all that they start, bear a mark."""

    def __init__(self, path: Path, mark: Marked) -> None:
        self.notebook = nbformat.read(path, as_version=4)
        self.cells = [number for number, cell in enumerate(self.notebook.cells) if cell.cell_type == "code"]
        self.manager = AsyncKernelManager(kernel_name="python3", transport_encryption="auto")
        self.client = NotebookClient(self.notebook, km=self.manager, timeout=_CELL_SECONDS)
        settings = jupyter_environment(Workbook(ROOT))
        learner = str(mark.folder / "learner.json")
        self.client.start_new_kernel(
            cwd=str(path.parent), env=mark.environment(**settings, FOODCOURT_LEARNER_FILE=learner)
        )
        self.client.start_new_kernel_client()

    def run(self, cell: int) -> None:
        """Run one cell."""
        self.client.execute_cell(self.notebook.cells[cell], cell)

    def close(self) -> None:
        """End the kernel, if it still lives."""
        self.client.kc.stop_channels()
        run_sync(self.manager.shutdown_kernel)(now=True)
        run_sync(self.manager.cleanup_resources)()


def measure(path: Path) -> Run:
    """Run a chapter to its end."""
    with marked() as mark:
        seen: list[tuple[int, int, float]] = []
        cell, began = -1, time.monotonic()

        def look() -> None:
            processes = mark.processes()
            seen.append((len(processes), cell, sum(map(_mib, processes))))

        chapter = Chapter(path, mark)
        try:
            with _again_and_again(look):
                for cell in chapter.cells:
                    chapter.run(cell)
        finally:
            chapter.close()
        seconds = time.monotonic() - began
        mark.assert_no_process_left(WITHIN)
    processes, busiest, _ = max(seen)
    return Run(seconds, max(mib for _, _, mib in seen), busiest, processes)


def kill_in(path: Path, run: Run) -> None:
    """Run a chapter up to its busiest cell, kill its kernel there, and see that nothing is left.

    Raises:
        AssertionError: something is.
    """
    with marked() as mark:
        chapter = Chapter(path, mark)
        try:
            for cell in chapter.cells[: chapter.cells.index(run.busiest)]:
                chapter.run(cell)
            killer = threading.Thread(target=_kill, args=(chapter, mark, run.processes))
            killer.start()
            with suppress(DeadKernelError):
                chapter.run(run.busiest)
            killer.join()
        finally:
            chapter.close()
        mark.assert_no_process_left(WITHIN)
        assert not list(mark.folder.glob("**/foodcourt-*")), f"files left: {mark.files()}"


def _kill(chapter: Chapter, mark: Marked, processes: int) -> None:
    """Kill once as many run as did the last time; at the latest when the cell ran for a while."""
    with suppress(AssertionError):
        until(lambda: len(mark.processes()) >= processes, within=10)
    os.kill(chapter.manager.provisioner.pid, signal.SIGKILL)


@contextmanager
def marked() -> Iterator[Marked]:
    """Give a mark, and kill in the end whatever still has it."""
    with tempfile.TemporaryDirectory(prefix="mark-", dir="/tmp") as folder:
        mark = Marked(Path(folder))
        try:
            yield mark
        finally:
            mark.kill()


@contextmanager
def _again_and_again(look: Callable[[], None], pause: float = 0.25) -> Iterator[None]:
    over = threading.Event()

    def looking() -> None:
        while not over.wait(pause):
            look()

    thread = threading.Thread(target=looking)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _mib(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / (1 << 20)
    except psutil.Error:
        return 0.0


def _stated(path: Path) -> float:
    """Give the MB that the head of a chapter states; 0: none."""
    cells = nbformat.read(path, as_version=4).cells
    found = _STATED.search("\n".join(cell.source for cell in cells if cell.cell_type == "markdown"))
    return float(found[1]) if found else 0.0


def look_at(path: Path) -> list[str]:
    """Measure a chapter, kill its kernel, print what came of it, and give what is too much, or left."""
    print(f"{path.stem}: ", end="", flush=True)
    problems: list[str] = []
    try:
        run = measure(path)
        print(f"{run.seconds:.1f} s, {run.mib:.0f} MiB; ", end="", flush=True)
        problems += _too_much(path, run)
        print(f"killed beside {run.processes} processes in cell {run.busiest}: ", end="", flush=True)
        kill_in(path, run)
    except CellExecutionError as error:
        problems.append(f"a cell failed: {error.ename}: {error.evalue}")
    except AssertionError as error:
        problems.append(str(error))
    print("; ".join(problems) or "nothing left", flush=True)
    return problems


def _too_much(path: Path, run: Run) -> Iterator[str]:
    if run.seconds > LIMIT_SECONDS:
        yield f"over {LIMIT_SECONDS} s"
    if run.mib > LIMIT_MIB:
        yield f"over {LIMIT_MIB} MiB"
    if run.mib * 1.048_576 > _stated(path) * 1.1:
        yield f"its head states {_stated(path):.0f} MB" if _stated(path) else "its head states no memory"


def main() -> int:
    """Look at all that was asked for."""
    parser = argparse.ArgumentParser(prog="make kernels", description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", help="only these")
    options = parser.parse_args()
    bad = [look_at(path) for path in resolve_notebooks(Workbook(ROOT), options.notebooks)]
    return 1 if any(bad) else 0


if __name__ == "__main__":
    sys.exit(main())
