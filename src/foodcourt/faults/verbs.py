"""The verbs that make an upstream misbehave: each puts one fault in force and returns its handle."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Unpack

from foodcourt.faults.calls import Answer
from foodcourt.faults.plan import Fault, Scope
from foodcourt.faults.replies import OK, Cut, Delay, Drip, Flood, Hang, Hold, Malformed, Reset, Status
from foodcourt.faults.replies.base import Stretch
from foodcourt.faults.replies.malformed import Garbage
from foodcourt.faults.replies.status import UNSET


class FaultVerbs(ABC):
    """Every verb takes a scope by keyword: `path`, `method`, `nth`, `times`, `rate`, `seed` (see `Scope`)."""

    @abstractmethod
    def _put_in_force(self, replies: tuple[Answer, ...], scope: Scope, *, script: bool = False) -> Fault: ...

    def fault(self, reply: Answer, **scope: Unpack[Scope]) -> Fault:
        """Meet calls with this reply, or with what this function makes of the call."""
        return self._put_in_force((reply,), scope)

    def script(self, *replies: Answer, path: str | None = None, method: str | None = None) -> Fault:
        """Meet the first call with the first reply, the second with the second… and then no more."""
        return self._put_in_force(replies, {"path": path, "method": method}, script=True)

    def reply(
        self,
        status: int = 200,
        *,
        json: Any = UNSET,
        body: bytes | str = b"",
        headers: Mapping[str, str] | None = None,
        close: bool = False,
        **scope: Unpack[Scope],
    ) -> Fault:
        """Answer with this status, body and headers; `close` ends the connection afterwards."""
        return self.fault(Status(status, json=json, body=body, headers=headers or {}, close=close), **scope)

    def fail(self, status: int = 500, **scope: Unpack[Scope]) -> Fault:
        """Answer with this status and a JSON `detail`."""
        return self.fault(Status(status, json={"detail": f"made to fail with {status}"}), **scope)

    def delay(self, seconds: float, **scope: Unpack[Scope]) -> Fault:
        """Stay silent for so many seconds, then answer as usual."""
        return self.fault(Delay(seconds), **scope)

    def drip(self, size: int = 1, every: float = 0.1, of: Stretch = "body", **scope: Unpack[Scope]) -> Fault:
        """Answer as usual, but only `size` bytes every so many seconds; `of` says which part drips."""
        return self.fault(Drip(size, every, of), **scope)

    def cut(self, after: int = 0, of: Stretch = "answer", **scope: Unpack[Scope]) -> Fault:
        """Close the connection in order (FIN) after so many bytes of the usual answer, or of its body."""
        return self.fault(Cut(after, of), **scope)

    def reset(self, after: int = 0, of: Stretch = "answer", **scope: Unpack[Scope]) -> Fault:
        """Drop the connection (RST) after so many bytes of the usual answer, or of its body."""
        return self.fault(Reset(after, of), **scope)

    def hang(self, **scope: Unpack[Scope]) -> Fault:
        """Take requests and never answer; when the fault ends, the connections are closed."""
        return self.fault(Hang(), **scope)

    def hold(self, **scope: Unpack[Scope]) -> Fault:
        """Take requests and answer them, as usual, only when the fault ends."""
        return self.fault(Hold(OK), **scope)

    def garble(self, what: Garbage = "status", **scope: Unpack[Scope]) -> Fault:
        """Answer with garbage: a malformed `"status"` line, `"headers"`, `"chunked"` body or `"json"`."""
        return self.fault(Malformed(what), **scope)

    def flood(self, size: int | None = None, **scope: Unpack[Scope]) -> Fault:
        """Answer 200 with so many bytes; without a size, the answer never ends."""
        return self.fault(Flood(size), **scope)
