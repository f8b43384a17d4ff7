"""What a reply is, and the wire that it is sent over."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Literal, NoReturn, TypeAlias

if TYPE_CHECKING:
    from foodcourt.faults.calls import Call

Part: TypeAlias = Literal["head", "body"]
Stretch: TypeAlias = Literal["answer", "head", "body"]


class AnswerOver(Exception):
    """The connection was ended on purpose: nothing more can be sent. Never leaves this package."""


class Reply(ABC):
    """One way to answer a call. Replies are frozen dataclasses; `str()` says what happens, in words."""

    __slots__ = ()

    @abstractmethod
    async def send(self, wire: Wire) -> None:
        """Put the answer on the wire."""

    @property
    def passes_on(self) -> bool:
        """Whether it lets through what would have been answered without it."""
        return False


class Wire(ABC):
    """The way of one answer to the client; a reply may wrap it before it hands it on."""

    @property
    @abstractmethod
    def call(self) -> Call:
        """The call that is answered, as it was read."""

    @property
    @abstractmethod
    def closing(self) -> bool:
        """Whether the connection ends after this answer."""

    @abstractmethod
    def close_after(self) -> None:
        """End the connection after this answer."""

    @abstractmethod
    def next_reply(self) -> Reply:
        """Return what would have been answered without the reply at hand."""

    @abstractmethod
    async def send(self, data: bytes, part: Part) -> None:
        """Write bytes and wait until the kernel has taken them."""

    @abstractmethod
    async def until_released(self) -> None:
        """Wait until the fault that this answer comes from is ended."""

    @abstractmethod
    async def finish(self) -> NoReturn:
        """Close the connection in order (FIN) and give up the answer."""

    @abstractmethod
    async def reset(self) -> NoReturn:
        """Drop the connection (RST) and give up the answer."""


class WrappedWire(Wire):
    """A wire that does what the inner one does; subclasses change how bytes are sent."""

    def __init__(self, inner: Wire) -> None:
        """Wrap `inner`."""
        self.inner = inner

    @property
    def call(self) -> Call:
        """The inner wire's call."""
        return self.inner.call

    @property
    def closing(self) -> bool:
        """Whether the inner wire's connection ends after this answer."""
        return self.inner.closing

    def close_after(self) -> None:
        """Pass on to the inner wire."""
        self.inner.close_after()

    def next_reply(self) -> Reply:
        """Pass on to the inner wire."""
        return self.inner.next_reply()

    async def send(self, data: bytes, part: Part) -> None:
        """Pass on to the inner wire."""
        await self.inner.send(data, part)

    async def until_released(self) -> None:
        """Pass on to the inner wire."""
        await self.inner.until_released()

    async def finish(self) -> NoReturn:
        """Pass on to the inner wire."""
        await self.inner.finish()

    async def reset(self) -> NoReturn:
        """Pass on to the inner wire."""
        await self.inner.reset()


def in_stretch(part: Part, stretch: Stretch) -> bool:
    """Whether a part of an answer belongs to the stretch of it that a fault is about."""
    return stretch in ("answer", part)
