"""Running the server on this machine's loopback interface."""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

import uvicorn

from foodcourt.errors import UsageError
from foodcourt.review.app import make_app
from foodcourt.review.desk import Desk
from foodcourt.review.guard import Pass
from foodcourt.review.opening import leading_to
from foodcourt.workbook import Workbook

__all__ = ["serve"]

_LOOPBACK = "127.0.0.1"
_BACKLOG = 64
# Below those that systems hand out by themselves (RFC 6335, section 6; Linux takes them from 32768 on).
_PORTS = range(20_000, 30_000)


def serve(
    out: Path,
    workbook: Workbook,
    *,
    port: int | None = None,
    name: str | None = None,
    browser: bool = True,
    on_ready: Callable[[str], None] = print,
) -> None:
    """Serve the review of a class until Ctrl-C or SIGTERM.

    Args:
        out: the folder that `foodcourt grade` wrote.
        workbook: where the exercises lie.
        port: where to listen; 0 for any free one; None for the one that `out` had before, if it is free.
        name: the name that changes are signed with; None: it is asked once.
        browser: whether to open a browser.
        on_ready: is given the address that opens the pages, as soon as it can be asked for.

    Raises:
        UsageError: no class was graded into `out`, it cannot be written, or the port is taken.
        ResultsDamaged: what was graded is damaged.
    """
    with _listening_for(out) if port is None else _listening(port) as listener:
        port = listener.getsockname()[1]
        pass_ = Pass(port)
        desk = Desk(out, workbook, csrf=pass_.csrf, login=_login(), name=name)
        config = uvicorn.Config(
            make_app(desk, pass_),
            log_level="warning",
            access_log=False,  # it would show the token
            lifespan="off",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
        server = uvicorn.Server(config)
        # Both are how this is meant to end, so neither is a failure. uvicorn gives signals back when it has ended.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))
        address = f"http://{_LOOPBACK}:{port}/?token="
        on_ready(address + pass_.token)
        with contextlib.ExitStack() as stack:
            if browser and (page := stack.enter_context(leading_to(address + pass_.for_once(), workbook.state))):
                # In a thread of its own: a browser that runs in the terminal is waited for.
                threading.Thread(target=webbrowser.open, args=(page,), daemon=True).start()
            server.run(sockets=[listener])


def _listening_for(out: Path) -> socket.socket:
    """Listen on a port that is told by the folder: a form that was open when a server ended finds the next one."""
    number = int.from_bytes(hashlib.sha256(os.fsencode(out)).digest()[:4])
    try:
        return _listening(_PORTS[number % len(_PORTS)])
    except UsageError:  # another review of it, or another program
        return _listening(0)


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_LOOPBACK, port))
        # From now on connections wait for the server, instead of being refused.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise UsageError(
            f"expected port {port} to be free, but: {error.strerror}\n"
            f"next: the same without --port, which takes any that is free"
        ) from error
    return listener


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name (KeyError before Python 3.13)
        return "instructor"
