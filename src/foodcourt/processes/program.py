"""Turns a freshly forked process into the program that was asked for."""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from foodcourt.processes import wire
from foodcourt.processes.preloads import Preload

__all__ = ["become", "shadows"]


def shadows(cwd: str, modules: Iterable[str]) -> bool:
    """Whether a file or folder in `cwd` has the name of a module that the parent imported already.

    Such a program must run in an interpreter of its own, where its own module is found first, as by hand.
    """
    loaded = {name.partition(".")[0] for name in modules}
    try:
        return any(entry.removesuffix(".py") in loaded for entry in os.listdir(cwd))  # noqa: PTH208
    except OSError:
        return False


def become(launch: wire.Launch, preload: Preload | None, output: int, fds: list[int]) -> Callable[[], object]:
    """Set up descriptors, folder, environment and signals; then execute the program.

    Args:
        launch: what to run.
        preload: how to run it inside this interpreter, or None to execute a program of its own.
        output: descriptor for stdout and stderr.
        fds: descriptors to hand on, named by `launch.fds`.

    Returns:
        What to call to run the program in this interpreter. Does not return where a program is executed.
    """
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    env = dict(launch.env)
    # Move what is handed on out of the way first: 3 and up may be among them.
    moved = [os.dup(fd) for fd in fds]
    base = max([*moved, *fds, 2]) + 1
    for offset, fd in enumerate(moved):
        os.dup2(fd, base + offset)
    for offset, name in enumerate(launch.fds):
        os.dup2(base + offset, 3 + offset)
        env[name] = str(3 + offset)
    os.closerange(3 + len(moved), os.sysconf("SC_OPEN_MAX"))
    try:
        os.chdir(launch.cwd)
        if preload is None:
            os.execvpe(launch.argv[0], launch.argv, env)  # noqa: S606
    except OSError as error:
        os.write(2, f"{launch.argv[0]}: {error.strerror} (started in {launch.cwd})\n".encode())
        os._exit(127)
    return _in_this_interpreter(launch, preload, env)


def _in_this_interpreter(launch: wire.Launch, preload: Preload, env: dict[str, str]) -> Callable[[], object]:
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    sys.argv = list(launch.argv)
    sys.stdin = io.TextIOWrapper(io.FileIO(0), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), encoding="utf-8", line_buffering=True, write_through=True)
    sys.stderr = io.TextIOWrapper(
        io.FileIO(2, "w"),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=True,
        write_through=True,
    )
    for name in ("stdin", "stdout", "stderr"):
        setattr(sys, f"__{name}__", getattr(sys, name))
    sys.excepthook = _without_our_frames
    module, _, function = preload.entry.partition(":")
    entry: Callable[[], object] = getattr(importlib.import_module(module), function)
    return entry


def _without_our_frames(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print a traceback as a program of its own would: without the frames that forked it."""
    ours = Path(__file__).parent
    while trace is not None and Path(trace.tb_frame.f_code.co_filename).parent == ours:
        trace = trace.tb_next
    sys.__excepthook__(kind, error, trace)
