"""Running notebooks without a browser, as Restart-and-run-all would."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from foodcourt.errors import FoodCourtError, UsageError
from foodcourt.lab.stored import normalize, save
from foodcourt.workbook import Workbook

__all__ = ["Failure", "Outcome", "Progress", "Settings", "run_notebooks"]

_KERNEL_START_SECONDS = 60
_LONG = 64
"""Characters of the temporary folder's name from which on that of a socket in it may be too long: macOS has 103."""
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Settings:
    """How notebooks are run.

    Attributes:
        jobs: how many at a time.
        timeout: seconds that one cell may take.
        store: whether to store the outputs of notebooks that ran to their end.
    """

    jobs: int = 1
    timeout: float = 120.0
    store: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """The cell at which a notebook stopped.

    Attributes:
        cell: its number among all cells, from 1.
        source: the cell's source.
        reason: one line that says what happened.
        detail: the traceback or the kernel's last words; may be empty.
    """

    cell: int
    source: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one notebook ended.

    Attributes:
        notebook: its path.
        seconds: how long it took, start of the kernel included.
        cells: how many code cells ran.
        failure: where it stopped; None when it ran to its end.
        stored: whether its file was changed.
    """

    notebook: Path
    seconds: float
    cells: int
    failure: Failure | None
    stored: bool = False


Progress = Callable[[Path, int, int], None]
"""Called with a notebook, how many of its code cells are done, and how many it has."""


async def run_notebooks(
    notebooks: Sequence[Path],
    workbook: Workbook,
    settings: Settings,
    progress: Progress,
    done: Callable[[Outcome], None],
) -> list[Outcome]:
    """Run notebooks, each in a kernel of its own that is gone afterwards, also when this is cancelled.

    Args:
        notebooks: what to run.
        workbook: where they belong.
        settings: how to run them.
        progress: told about each code cell that is done.
        done: told about each notebook that ended.

    Returns:
        One outcome a notebook, in the order of `notebooks`.

    Raises:
        FoodCourtError: a file is no notebook, or a kernel does not start.
    """
    turn = asyncio.Semaphore(settings.jobs)

    async def one(path: Path) -> Outcome:
        async with turn:
            outcome = await _run(path, workbook, settings, progress)
            done(outcome)
            return outcome

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(path)) for path in notebooks]
    except* FoodCourtError as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


async def _run(path: Path, workbook: Workbook, settings: Settings, progress: Progress) -> Outcome:
    started = time.monotonic()
    notebook = _read(path)
    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    progress(path, 0, len(code))
    failure = None
    ran = 0
    with tempfile.TemporaryFile() as log:
        try:
            async with _kernel(notebook, path, settings, log) as client:
                for index in code:
                    await client.async_execute_cell(notebook.cells[index], index, execution_count=ran + 1)
                    ran += 1
                    progress(path, ran, len(code))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                # nbclient takes every cancellation for the death of its kernel.
                raise asyncio.CancelledError from error
            failure = _failure(error, code[ran], notebook.cells[code[ran]], settings, log)
    stored = False
    if failure is None and settings.store:
        normalize(notebook, workbook)
        stored = save(notebook, path)
    return Outcome(path, time.monotonic() - started, ran, failure, stored)


@contextlib.asynccontextmanager
async def _kernel(notebook: Any, path: Path, settings: Settings, log: IO[bytes]) -> AsyncIterator[NotebookClient]:
    # Spoken to through sockets in a folder of ours: a free port may be another's before the kernel has taken it.
    above = tempfile.gettempdir()
    if len(above) >= _LONG:
        above = "/tmp"  # noqa: S108 - a folder that nobody else may enter is made in it
    sockets = tempfile.TemporaryDirectory(prefix="kernel-", dir=above)
    manager = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=str(Path(sockets.name, "socket")))
    # Not NotebookClient.async_execute: it claims SIGINT and SIGTERM for one notebook, and we may run several.
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=settings.timeout,
        startup_timeout=_KERNEL_START_SECONDS,
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
    )
    now = True
    try:
        try:
            await client.async_start_new_kernel(cwd=str(path.parent), stdout=log, stderr=log)
            await client.async_start_new_kernel_client()
        except RuntimeError as error:
            raise FoodCourtError(
                f"expected a kernel for {path.name} to start, but: {error}\n{_text(log)}next: foodcourt doctor"
            ) from error
        try:
            yield client
            now = False
        except CellExecutionError:
            # A failing cell ends in good order, so that what the cells opened is closed; an interrupt does not wait.
            now = False
            raise
    finally:
        await _stop(client, manager, now=now)
        sockets.cleanup()


async def _stop(client: NotebookClient, manager: AsyncKernelManager, *, now: bool) -> None:
    group = getattr(manager.provisioner, "pgid", None)
    if client.kc is not None:
        client.kc.stop_channels()
    if manager.has_kernel:
        await manager.shutdown_kernel(now=now)
    await manager.cleanup_resources()
    if group and group != os.getpgrp():
        # What a `!command` of a cell left behind in the kernel's process group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _read(path: Path) -> Any:
    try:
        return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(
            f"expected {path} to be a notebook, but it cannot be read: {error}\nnext: git checkout {path.name}"
        ) from error


def _failure(error: Exception, index: int, cell: Any, settings: Settings, log: IO[bytes]) -> Failure:
    number = index + 1
    if isinstance(error, CellExecutionError):
        shown = [output for output in cell.outputs if output.output_type == "error"]
        traceback = "\n".join(shown[-1].traceback) if shown else ""
        return Failure(number, cell.source, f"{error.ename}: {error.evalue}", _ANSI.sub("", traceback))
    if isinstance(error, CellTimeoutError):
        return Failure(number, cell.source, f"it did not end within {settings.timeout:g} s", "")
    return Failure(number, cell.source, "the kernel ended while the cell ran", _text(log))


def _text(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode("utf-8", "replace")
