"""The owner's side of the fork server in a sandbox, which is forked from the one outside."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from pathlib import Path

from foodcourt.errors import FoodCourtError, SandboxLost
from foodcourt.processes import wire
from foodcourt.processes.sandbox import Sandbox
from foodcourt.processes.starvation import too_busy

__all__ = ["PATIENCE", "Inside", "not_let"]

PATIENCE = 40.0
"""Seconds to start something in a sandbox where nothing in there keeps it from starting."""


class Inside:
    """A fork server in a sandbox, started when first needed, and again where it was killed.

    It is a process outside whose children are inside: no program sees it. All namespaces are entered once, and not
    anew for each program.
    """

    def __init__(self, outside: socket.socket, sandbox: Sandbox) -> None:
        """Start nothing yet.

        Args:
            outside: where the fork server outside is asked.
            sandbox: where to start programs.
        """
        self._outside = outside
        self._sandbox = sandbox
        self._requests: socket.socket | None = None
        self._pid = 0

    def ask(self, request: wire.Launch, fds: Sequence[int]) -> None:
        """Ask for a program.

        Raises:
            SandboxLost: it ends as soon as it is started.
            FoodCourtError: this machine does not let it start, or has no core for it.
            OSError: the fork server outside is gone.
        """
        for _ in range(2):
            requests = self._requests or self._enter()
            try:
                wire.send(requests, request.message(), fds)
            except OSError:
                self.close()
            else:
                return
        raise SandboxLost("what starts programs among those that run already was ended")

    def _enter(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                enter = wire.Enter(self._sandbox.terms())
                wire.send(self._outside, enter.message(), [theirs.fileno(), self._sandbox.pidfd])
            answer = self._answer(ours)
        except BaseException:
            ours.close()
            raise
        self._pid, self._requests = answer["entered"], ours
        return ours

    def _answer(self, requests: socket.socket) -> dict[str, int]:
        requests.settimeout(PATIENCE)
        try:
            answer = next(wire.Lines(requests).receive() or iter(()), {})
        except TimeoutError:
            raise too_busy("the sandbox to be entered", PATIENCE) from None
        requests.settimeout(None)
        if "failed" in answer:
            raise not_let("the sandbox to be entered", answer["failed"])
        if "entered" not in answer:
            raise SandboxLost("the sandbox is gone")
        return answer

    @property
    def held_up(self) -> bool:
        """Whether something in the sandbox has stopped a keeper, each of which is a child of that process outside."""
        with contextlib.suppress(OSError, IndexError):
            children = Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text(encoding="ascii")
            for child in children.split():
                state = Path(f"/proc/{child}/stat").read_bytes().rpartition(b") ")[2][:1]
                if state in (b"T", b"t"):
                    return True
        return False

    @property
    def crowded(self) -> bool:
        """Whether what runs inside keeps the rest waiting."""
        return self._sandbox.crowded

    def close(self) -> None:
        """End it, and the programs that it started."""
        if self._requests is not None:
            self._requests.close()
            self._requests = None


def not_let(what: str, why: str) -> FoodCourtError:
    """Make the error that says of what was expected that this machine did not let it happen."""
    return FoodCourtError(
        f"expected {what}, but this machine did not let it: {why}\n"
        "try: foodcourt doctor, which tells how much disk is free; then the same again"
    )
