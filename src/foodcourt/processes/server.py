"""The fork server: a process that imported a program's libraries once and forks that program on request.

Run as `python -P -m foodcourt.processes.server FD OWNER FOLDER COMMANDS MODULES [FUNCTION ARGUMENT…]`: requests
arrive on the socket FD, OWNER is the process id of who started it, COMMANDS names some of the `PRELOADS` (with commas
between), MODULES are imported beyond those, and FUNCTION is called to wait within it, instead of at the top.
When OWNER ended or closed its end of FD, it kills what it started, removes FOLDER and ends. It stays single-threaded,
so that forking is safe, and holds nothing of its owner: neither memory, nor environment, nor descriptors.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace

from foodcourt.processes import descriptors, keeper, wire
from foodcourt.processes.logs import LogWriter
from foodcourt.processes.namespaces import hide
from foodcourt.processes.preloads import PRELOADS, Preload, find_function
from foodcourt.processes.program import become, runs_as_by_hand
from foodcourt.processes.sandbox import Entrance

__all__ = ["main"]


def main(argv: list[str]) -> Callable[[], object]:
    """Serve until the owner is gone, and give what a forked program has to run."""
    requests, owner, folder = socket.socket(fileno=int(argv[0])), int(argv[1]), argv[2]
    preloads = {name: PRELOADS[name] for name in argv[3].split(",") if name in PRELOADS}
    modules = [module for preload in preloads.values() for module in preload.modules]
    keeper.adopt_orphans()
    # Programs in a sandbox have less: descriptors that they send each other and do not take count for all of a user's
    # processes, and who is allowed fewer than there are cannot send any.
    descriptors.as_many_as_can_be()
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    gc.disable()  # what is imported is never garbage: looking for some takes a fifth of the time
    imports = [(importlib.import_module, name) for name in (*modules, *argv[4].split(",")) if name]
    warm_ups = [(_call, preload.warm_up) for preload in preloads.values() if preload.warm_up]
    steps: list[tuple[Callable[[str], object], str]] = [*imports, *warm_ups]
    for prepare, name in steps if preloads else ():
        if os.getppid() != owner:
            break
        prepare(name)

    def wait() -> Callable[[], object]:
        gc.freeze()  # nor is it looked at in a child, where that would only copy its pages
        gc.enable()
        program = _serve(requests, owner, preloads, set())
        if program is None:
            keeper.kill_children()
            shutil.rmtree(folder, ignore_errors=True)
            os._exit(0)
        return program

    if not preloads or not argv[5:] or os.getppid() != owner:
        return wait()
    preloads = {name: replace(preload, within=True) for name, preload in preloads.items()}
    return functools.partial(find_function(argv[5]), wait, *argv[6:])


def _call(name: str) -> object:
    return find_function(name)()


def _serve(
    requests: socket.socket,
    owner: int,
    preloads: Mapping[str, Preload],
    keepers: set[int],
    entrance: Entrance | None = None,
) -> Callable[[], object] | None:
    """Serve requests; gives None at the end, and in a forked program what it has to run.

    Args:
        requests: where they come from.
        owner: this process's parent, with which it ends.
        preloads: what is imported.
        keepers: holds the children that run.
        entrance: the sandbox that all of them start in.
    """
    requests.setblocking(False)
    lines = wire.Lines(requests)
    children = keeper.ended_children()
    this = os.getpid()
    poller = select.poll()
    poller.register(requests, select.POLLIN)
    poller.register(children, select.POLLIN)
    # The socket alone does not tell that the owner ended: what it forked holds copies of its end, and may outlive it.
    with contextlib.suppress(AttributeError, OSError):  # Linux only
        poller.register(os.pidfd_open(owner), select.POLLIN)
    while os.getppid() == owner:
        poller.poll()
        keeper.drain(children)
        _bury(keepers, inside=entrance is not None)
        messages = lines.receive()
        if messages is None:
            break
        for message in messages:
            request = wire.parse(message)
            fds, lines.fds = lines.fds[: request.descriptors], lines.fds[request.descriptors :]
            try:
                pid = os.fork()
            except OSError as error:  # a shortage, which may pass
                if entrance is None:
                    _refuse(socket.socket(fileno=os.dup(fds[0])), error)
            else:
                if pid == 0:
                    requests.close()
                    if isinstance(request, wire.Enter):
                        return _serve_inside(request, this, preloads, fds)
                    return _start(request, preloads.get(request.argv[0]), fds, entrance)
                keepers.add(pid)
            for fd in fds:
                os.close(fd)
    return None


def _serve_inside(
    request: wire.Enter, parent: int, preloads: Mapping[str, Preload], fds: list[int]
) -> Callable[[], object]:
    """Enter a sandbox, and serve there until the owner or the parent is gone; returns in forked programs only."""
    requests = socket.socket(fileno=fds[0])
    entrance = Entrance(fds[1], request.terms)
    try:
        entrance.enter()
        keeper.die_with_parent()  # not before, as who enters is somebody else to the kernel, which forgets it then
        wire.send(requests, {"entered": os.getpid()})
    except OSError:  # the sandbox is gone, or the owner
        os._exit(0)
    keepers: set[int] = set()
    program = _serve(requests, parent, preloads, keepers, entrance)
    if program is None:
        for pid in keepers:  # by their numbers outside, which /proc does not show in here
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os._exit(0)
    return program


def _bury(keepers: set[int], *, inside: bool) -> None:
    """Collect what ended. If that was no keeper, or a killed one, what it looked after is ours now and has to die.

    Not where it ran inside: there the sandbox's first process takes it over, and ends with the sandbox.
    """
    ended = keeper.reap()
    strays = not inside and any(status != 0 or pid not in keepers for pid, status in ended.items())
    keepers.difference_update(ended)
    if strays:
        keeper.kill_children(spare=keepers)


def _refuse(control: socket.socket, error: OSError) -> None:
    """Tell the owner why a program is not started."""
    with control, contextlib.suppress(OSError):  # the owner is gone
        wire.send(control, {"failed": str(error)})


def _start(
    launch: wire.Launch, preload: Preload | None, fds: list[int], entrance: Entrance | None
) -> Callable[[], object]:
    """Become a keeper, and fork the program; in that, give what it has to run."""
    control = socket.socket(fileno=fds.pop(0))
    folders, fds = fds[: len(launch.logs)], fds[len(launch.logs) :]
    if entrance is not None:
        keeper.die_with_parent()
        if os.getppid() != 0:  # it ended before the line above: a parent outside has no number in here, a new one has
            os._exit(0)
        hide()
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    try:
        logs = [LogWriter(folder, name, launch.log_limit) for folder, name in zip(folders, launch.logs, strict=True)]
    except OSError as error:
        _refuse(control, error)
        os._exit(0)
    # Judged from where the program will run: only there is its folder seen.
    if preload is not None and not runs_as_by_hand(launch, preload, sys.modules):
        preload = None
    pipes = [os.pipe() for _ in logs]
    os.setsid()
    keeper_pid = os.getpid()
    keeper.adopt_orphans()
    pid = os.fork()
    if pid == 0:
        # What is closed by number below would be closed once more by the end of these as objects.
        control.detach()
        for log in logs:
            log.close()
        keeper.die_with_parent()
        if os.getppid() != keeper_pid:  # the keeper ended before the line above
            os._exit(1)
        if entrance is None:
            descriptors.as_by_hand()
        return become(launch, preload, [writer for _, writer in pipes], fds, entrance)
    for fd in (*(writer for _, writer in pipes), *fds):
        os.close(fd)
    outputs = {reader: log for (reader, _), log in zip(pipes, logs, strict=True)}
    return keeper.run(control, pid, outputs, inside=entrance is not None)


if __name__ == "__main__":
    # The program runs from the top of the stack, not below the server's loop: it ends as any interpreter ends.
    sys.exit(main(sys.argv[1:])())  # type: ignore[arg-type]
