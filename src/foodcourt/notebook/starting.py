"""Services that a notebook has started: `start`, and the list that `begin` and `finish` clear."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePath

from foodcourt.processes import HttpReady, Readiness, Service

__all__ = ["start", "stop_all"]

_running: dict[str, Service] = {}


def start(
    command: str,
    *,
    name: str | None = None,
    env: Mapping[str, str] | None = None,
    ready: str | Readiness | None = "/health",
    ready_timeout: float = 15.0,
    grace: float = 5.0,
) -> Service:
    """Start a program as a service, wait until it is ready, and say how to do the same by hand.

    A service of the same name that this notebook started before is stopped first, so a cell can be run again.

    Args:
        command: what you would type in a shell, such as `"uvicorn users_service:app"`. `{port}` stands for a free
            port; uvicorn gets `--port {port}` by itself.
        name: how the service is called; by default the program's module, such as `users_service`.
        env: additions to the environment.
        ready: a path that answers when the service is ready, a probe of `foodcourt.processes`, or None to wait
            for nothing.
        ready_timeout: seconds to wait for that.
        grace: seconds that the service gets after SIGTERM before it is killed.

    Returns:
        The running service: `.url`, `.port`, `.pid`, `.logs()`, `.stop()`, `.kill()`, `.restart()`.

    Raises:
        ServiceExited: it ended before it was ready; the message holds its last lines.
        ServiceNotReady: it was not ready in time.
    """
    argv = shlex.split(command)
    if argv[0] == "uvicorn" and "--port" not in argv:
        argv += ["--port", "{port}"]
    name = name or _name(argv)
    if name in _running:
        _running.pop(name).close()
    probe = HttpReady(ready) if isinstance(ready, str) else ready
    service = Service(argv, name=name, env=env, ready=probe, ready_timeout=ready_timeout, grace=grace)
    service.start()
    _running[name] = service
    where = f" at {service.url}" if any("{port}" in part for part in argv) else ""
    print(f"{name} is ready{where}\nby hand: {service.command}")
    return service


def stop_all() -> list[str]:
    """Stop every service that this notebook started and still runs; returns their names in the order of starting."""
    stopped = [name for name, service in _running.items() if service.running]
    services = list(_running.values())
    _running.clear()
    # Side by side: each takes a moment to say goodbye.
    with ThreadPoolExecutor() as pool:
        list(pool.map(Service.stop, services))
    return stopped


def _name(argv: list[str]) -> str:
    """`users_service` for `uvicorn users_service:app`, `server` for `python server.py`, else the program's name."""
    for part in argv[1:]:
        if ":" in part and not part.startswith("-"):
            return part.partition(":")[0]
        if part.endswith(".py"):
            return PurePath(part).stem
    return PurePath(argv[0]).name
