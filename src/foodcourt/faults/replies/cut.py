"""An answer that breaks off, in order (FIN) or not (RST)."""

from __future__ import annotations

from dataclasses import dataclass

from foodcourt.faults.replies.base import Part, Reply, Stretch, Wire, WrappedWire, in_stretch
from foodcourt.faults.replies.normal import OK


@dataclass(frozen=True, slots=True)
class Cut(Reply):
    """Closes the connection in order (FIN) after so many bytes of the answer.

    Attributes:
        after: how many bytes still go out; 0 cuts before the first one.
        of: what is counted: the whole `"answer"`, or only its `"head"` or `"body"`; a body that is cut
            comes after a whole head, which has promised more.
        then: the answer that is cut.
    """

    after: int = 0
    of: Stretch = "answer"
    then: Reply = OK

    def __post_init__(self) -> None:
        """Refuse a negative count.

        Raises:
            ValueError: `after` is negative.
        """
        _check(self.after)

    async def send(self, wire: Wire) -> None:
        """Let the other reply answer over a wire that ends."""
        await _send_some(wire, self.then, self.after, self.of)
        await wire.finish()

    @property
    def passes_on(self) -> bool:
        """As the reply that is cut, of which at least a byte is wanted."""
        return not _nothing(self.after, self.of) and self.then.passes_on

    def __str__(self) -> str:
        """Say it in words."""
        return _in_words("closes the connection", self.after, self.of, self.then)


@dataclass(frozen=True, slots=True)
class Reset(Reply):
    """Drops the connection (RST) after so many bytes of the answer; fields as in `Cut`."""

    after: int = 0
    of: Stretch = "answer"
    then: Reply = OK

    def __post_init__(self) -> None:
        """Refuse a negative count.

        Raises:
            ValueError: `after` is negative.
        """
        _check(self.after)

    async def send(self, wire: Wire) -> None:
        """Let the other reply answer over a wire that breaks."""
        await _send_some(wire, self.then, self.after, self.of)
        await wire.reset()

    @property
    def passes_on(self) -> bool:
        """As the reply that is broken off, of which at least a byte is wanted."""
        return not _nothing(self.after, self.of) and self.then.passes_on

    def __str__(self) -> str:
        """Say it in words."""
        return _in_words("resets the connection", self.after, self.of, self.then)


class _Enough(Exception):
    """As many bytes as asked for have been sent."""


class _CountingWire(WrappedWire):
    def __init__(self, inner: Wire, after: int, of: Stretch) -> None:
        super().__init__(inner)
        self._left = after
        self._of = of

    async def send(self, data: bytes, part: Part) -> None:
        if not in_stretch(part, self._of):
            await self.inner.send(data, part)
            return
        piece = data[: self._left]
        self._left -= len(piece)
        if piece:
            await self.inner.send(piece, part)
        if len(piece) < len(data):
            raise _Enough


async def _send_some(wire: Wire, reply: Reply, after: int, of: Stretch) -> None:
    if _nothing(after, of):
        return  # not one byte is wanted: what would have been answered, and when, is all the same
    try:
        await reply.send(_CountingWire(wire, after, of))
    except _Enough:
        return


def _nothing(after: int, of: Stretch) -> bool:
    return after == 0 and of != "body"


def _check(after: int) -> None:
    if after < 0:
        raise ValueError(f"after counts bytes and cannot be negative, not {after}")


def _in_words(what: str, after: int, of: Stretch, then: Reply) -> str:
    if _nothing(after, of):
        return f"{what} before the first byte"
    return f"{what} after {after} bytes of the {of}: {then}"
