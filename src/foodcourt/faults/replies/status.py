"""An ordinary HTTP answer: status, headers and body."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from foodcourt.faults.replies.base import Reply, Wire


class _Unset:
    """Stands for "no JSON given", because None is a JSON value."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET = _Unset()


@dataclass(frozen=True, slots=True)
class Status(Reply):
    """Answers with a status code and, if given, a body.

    Attributes:
        code: the status code.
        json: any JSON value; sets the body and `Content-Type: application/json`.
        body: bytes or text to send as they are, instead of `json`.
        headers: further headers; they replace ours of the same name.
        close: end the connection afterwards and say so (`Connection: close`).
    """

    code: int = 200
    json: Any = UNSET
    body: bytes | str = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    close: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be put on the wire while the caller is still there to see it.

        Raises:
            ValueError: a code that is none, both `json` and `body`, or a line break in a header.
            TypeError: `json` cannot be written as JSON.
        """
        if not 200 <= self.code <= 599:
            raise ValueError(f"a final status code lies between 200 and 599, not {self.code}")
        if self.json is not UNSET and self.body:
            raise ValueError("give either json= or body=, not both")
        if any(set("\r\n") & set(name + value) for name, value in self.headers.items()):
            raise ValueError("a header cannot hold a line break")
        self.payload()

    def payload(self) -> bytes:
        """Return the body as bytes."""
        if self.json is not UNSET:
            return jsonlib.dumps(self.json, ensure_ascii=False).encode()
        return self.body.encode() if isinstance(self.body, str) else self.body

    async def send(self, wire: Wire) -> None:
        """Send head and body, without a body where HTTP forbids one."""
        if self.close:
            wire.close_after()
        payload = self.payload()
        headers = {"Content-Length": str(len(payload))}
        if self.json is not UNSET:
            headers["Content-Type"] = "application/json"
        elif payload:
            headers["Content-Type"] = "text/plain; charset=utf-8"
        bodiless = self.code in (204, 304)
        if bodiless:
            del headers["Content-Length"]
        await wire.send(head(self.code, headers, self.headers, closing=wire.closing), "head")
        if payload and not bodiless and wire.call.method != "HEAD":
            await wire.send(payload, "body")

    def __str__(self) -> str:
        """Say it in words."""
        return f"answers {self.code}"


def head(
    code: int, headers: Mapping[str, str], replaced_by: Mapping[str, str] | None = None, *, closing: bool
) -> bytes:
    """Return status line and headers as they go over the wire."""
    replaced_by = replaced_by or {}
    taken = {name.lower() for name in replaced_by}
    lines = [f"HTTP/1.1 {code} {_reason(code)}"]
    lines += [f"{name}: {value}" for name, value in headers.items() if name.lower() not in taken]
    lines += [f"{name}: {value}" for name, value in replaced_by.items()]
    if "connection" not in taken:
        lines.append("Connection: close" if closing else "Connection: keep-alive")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _reason(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return "Unnamed"
