"""The fork server: a process that imported a program's libraries once and forks that program on request.

Run as `python -I -m foodcourt.processes.server FD FOLDER [COMMAND]`: requests arrive on the socket FD, COMMAND names
one of the `PRELOADS`. When the last copy of the other end of FD is closed, it kills what it started, removes FOLDER and
ends. It stays single-threaded, so that forking
is safe, and holds nothing of its owner: neither memory, nor environment, nor descriptors.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
from collections.abc import Callable

from foodcourt.processes import keeper, wire
from foodcourt.processes.preloads import PRELOADS, Preload
from foodcourt.processes.program import become, shadows

__all__ = ["main"]


def main(argv: list[str]) -> Callable[[], object] | None:
    """Serve until the owners are gone (None), or give what a forked program has to run."""
    requests = socket.socket(fileno=int(argv[0]))
    preload = PRELOADS[argv[2]] if len(argv) > 2 else None
    keeper.adopt_orphans()
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if preload is not None:
        for module in preload.modules:
            importlib.import_module(module)
    gc.collect()
    gc.freeze()  # what was imported is never garbage; collecting it in a child would only copy its pages
    program = _serve(requests, argv[2] if preload else None, preload)
    if program is None:
        keeper.kill_children()
        shutil.rmtree(argv[1], ignore_errors=True)
    return program


def _serve(requests: socket.socket, command: str | None, preload: Preload | None) -> Callable[[], object] | None:
    lines = wire.Lines(requests)
    while True:
        select.select([requests], [], [], 1.0)
        _reap()
        requests.setblocking(False)
        messages = lines.receive()
        if messages is None:
            return None
        for message in messages:
            launch = wire.Launch.parse(message)
            fds, lines.fds = lines.fds[: 1 + len(launch.fds)], lines.fds[1 + len(launch.fds) :]
            in_process = launch.argv[0] == command and not shadows(launch.cwd, sys.modules)
            program = _fork(requests, launch, preload if in_process else None, fds)
            if program is not None:
                return program
            for fd in fds:
                os.close(fd)


def _fork(
    requests: socket.socket, launch: wire.Launch, preload: Preload | None, fds: list[int]
) -> Callable[[], object] | None:
    """Fork a keeper, and the program from it; give what to run in the process that is the program."""
    if os.fork() != 0:
        return None
    requests.close()
    control = socket.socket(fileno=fds[0])
    reader, writer = os.pipe()
    os.setsid()
    keeper_pid = os.getpid()
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        control.detach()  # or its end as an object would close whatever has its number by then
        keeper.die_with_parent()
        if os.getppid() != keeper_pid:  # the keeper ended before the line above
            os._exit(1)
        return become(launch, preload, writer, fds[1:])
    os.close(writer)
    for fd in fds[1:]:
        os.close(fd)
    return keeper.run(launch, control, pid, reader)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    # The program runs from the top of the stack, not below the server's loop: it ends as any interpreter ends.
    program = main(sys.argv[1:])
    if program is not None:
        sys.exit(program())  # type: ignore[arg-type]
