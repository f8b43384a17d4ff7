"""Turns a freshly forked process into the program that was asked for."""

from __future__ import annotations

import builtins
import functools
import inspect
import io
import itertools
import os
import shutil
import signal
import sys
import tempfile
import time
import types
from collections.abc import Callable, Container, Mapping
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from foodcourt.processes import wire
from foodcourt.processes.preloads import Preload, find_function
from foodcourt.processes.sandbox import Entrance

__all__ = ["become", "runs_as_by_hand"]

_KNOWN = {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
"""Settings of the interpreter that can be had without a new one."""

_HIGHEST_FD = 1024
"""Above all that a fork server has open."""


def runs_as_by_hand(launch: wire.Launch, preload: Preload, loaded: Container[str]) -> bool:
    """Whether the program does the same inside an interpreter that has imported the modules `loaded` already.

    It does not where a new interpreter would find another module of that name first: in the folder it starts in, or
    in the one that `preload.path_option` names, or in the script's. Nor where the environment holds settings that an
    interpreter or the dynamic linker reads once, when the process begins.
    """
    if preload.within:
        return True
    if any(name.startswith(("PYTHON", "LD_")) and name not in _KNOWN for name in launch.env):
        return False
    words = [part for word in launch.argv for part in word.split("=", 1)]
    folders = [folder for option, folder in itertools.pairwise(words) if option == preload.path_option]
    if preload.entry is None:
        script = Path(launch.cwd, *launch.argv[1:2])
        if not script.is_file():  # an option, or an error that Python itself puts best
            return False
        folders = [str(script.parent)]
    return not any(
        (inspect.getmodulename(entry) or entry) in loaded
        for folder in ("", *folders)
        for entry in _entries(Path(launch.cwd, folder))
    )


def _entries(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:  # no such folder: that comes to light when the program starts
        return []


def become(
    launch: wire.Launch, preload: Preload | None, outputs: list[int], fds: list[int], entrance: Entrance | None
) -> Callable[[], object]:
    """Set up descriptors, folder, environment and signals; then execute the program.

    Args:
        launch: what to run.
        preload: how to run it inside this interpreter, or None to execute a program of its own.
        outputs: descriptor for stdout and stderr, or one for each.
        fds: descriptors to hand on, named by `launch.fds`.
        entrance: the sandbox that this process is in; all privileges are given up before the program runs.

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
    os.dup2(outputs[0], 1)
    os.dup2(outputs[-1], 2)
    env = dict(launch.env)
    # Move what is handed on out of the way first: 3 and up may be among them.
    moved = [os.dup(fd) for fd in fds]
    base = max([*moved, *fds, 2]) + 1
    for offset, fd in enumerate(moved):
        os.dup2(fd, base + offset)
    for offset, name in enumerate(launch.fds):
        os.dup2(base + offset, 3 + offset)
        env[name] = str(3 + offset)
    os.closerange(3 + len(moved), _HIGHEST_FD)
    if entrance is not None:
        entrance.surrender()
    try:
        os.chdir(launch.cwd)
    except OSError as error:
        _refuse(f"cannot start {launch.argv[0]} in {launch.cwd}: {error.strerror}")
    if preload is not None:
        _settle(env)
        return _nothing if preload.within else _in_this_interpreter(launch, preload, env)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # the interpreter ignores them, a shell's children do not
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(launch.argv[0], launch.argv, env)  # noqa: S606
    except OSError as error:
        _refuse(f"{launch.argv[0]}: {error.strerror} (started in {launch.cwd})")


def _refuse(message: str) -> NoReturn:
    os.write(2, f"{message}\n".encode())
    os._exit(127)


def _in_this_interpreter(launch: wire.Launch, preload: Preload, env: dict[str, str]) -> Callable[[], object]:
    """Leave no trace of the fork server's own start: all is as if the program's script had been run."""
    if preload.entry is None:
        script, sys.argv = os.path.realpath(launch.argv[1]), list(launch.argv[1:])
    else:
        script = shutil.which(launch.argv[0], path=env.get("PATH")) or launch.argv[0]
        sys.argv = [script, *launch.argv[1:]]
    main = types.ModuleType("__main__")
    main.__file__ = script if preload.entry else os.path.abspath(launch.argv[1])  # noqa: PTH100
    sys.modules["__main__"] = main
    sys.path.insert(0, os.path.dirname(script))  # noqa: PTH120
    sys.excepthook = _without_our_frames
    if preload.entry is None:
        return functools.partial(_run_script, main)
    return find_function(preload.entry)


def _settle(env: Mapping[str, str]) -> None:
    """Give this interpreter the environment, the folder and the streams that it would have read when it began."""
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    tempfile.tempdir = None  # it is looked for once, and the parent may have done so
    sys.dont_write_bytecode = bool(env.get("PYTHONDONTWRITEBYTECODE"))
    if spawning := sys.modules.get("multiprocessing.process"):
        spawning.ORIGINAL_DIR = os.getcwd()  # type: ignore[attr-defined]  # noqa: PTH109
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        file, old = io.FileIO(fd, "w" if fd else "r", closefd=False), getattr(sys, name)
        stream = io.TextIOWrapper(
            file if fd else io.BufferedReader(file),
            encoding=old.encoding,
            errors=old.errors,
            line_buffering=bool(fd),
            write_through=bool(fd),
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _nothing() -> None:
    """Run nothing: the program runs already."""


def _run_script(main: types.ModuleType) -> None:
    """Run a script as the main module, which it stays until the interpreter has ended."""
    path = str(main.__file__)
    main.__dict__["__builtins__"] = builtins
    exec(compile(Path(path).read_bytes(), path, "exec", dont_inherit=True), main.__dict__)  # noqa: S102


def _without_our_frames(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print a traceback as a program of its own would: without the frames that forked it."""
    ours = (str(Path(__file__).parent), "<frozen runpy>")
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(ours):
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)
