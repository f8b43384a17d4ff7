"""An answer that is far too long, or never ends."""

from __future__ import annotations

from dataclasses import dataclass

from foodcourt.faults.replies.base import Reply, Wire
from foodcourt.faults.replies.status import head

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Flood(Reply):
    """Answers 200 with a huge body, as fast as the client reads.

    Attributes:
        size: bytes of body; None for a body that never ends (chunked).
    """

    size: int | None = None

    async def send(self, wire: Wire) -> None:
        """Send spaces, which a JSON parser would patiently skip; no more than one chunk is in memory."""
        headers = {"Content-Type": "application/json"}
        if self.size is None:
            headers["Transfer-Encoding"] = "chunked"
            await wire.send(head(200, headers, closing=wire.closing), "head")
            chunk = b"%x\r\n%s\r\n" % (_CHUNK, b" " * _CHUNK)
            while True:
                await wire.send(chunk, "body")
        headers["Content-Length"] = str(self.size)
        await wire.send(head(200, headers, closing=wire.closing), "head")
        for start in range(0, self.size, _CHUNK):
            await wire.send(b" " * min(_CHUNK, self.size - start), "body")

    def __str__(self) -> str:
        """Say it in words."""
        return "answers without end" if self.size is None else f"answers {self.size} bytes"
