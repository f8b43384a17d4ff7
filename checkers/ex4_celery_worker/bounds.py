"""What is taken in of the learner's data in Redis: all of it has a limit, and also what is packed in it."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Any

import redis
from kombu import compression
from kombu.transport import redis as kombu_redis
from redis._parsers.resp3 import _RESP3Parser
from redis._parsers.socket import SENTINEL, SocketBuffer

LONGEST = 1 << 16
"""Bytes of a value, a name, a message or a reply that are read; and bytes to which what is packed may unpack."""
_ANSWER = 1 << 24
"""Bytes that an answer of Redis may have in all, without what its values have beyond that."""
_NO_REDIS = 1 << 30
"""Bytes of a value that no Redis holds."""
_UNPACKING = 128 << 20
"""Bytes that lzma may take to unpack; its strongest setting takes half of that."""


class _Buffer(SocketBuffer):
    """Reads what Redis says; of a value that is too long, only the beginning is kept."""

    longest = LONGEST

    def read(self, length: int, timeout: Any = SENTINEL) -> bytes:
        if length <= self.longest:
            return super().read(length, timeout)
        if length > _NO_REDIS:
            raise redis.InvalidResponse("a value that is longer than any")
        kept = super().read(self.longest, timeout)
        left = length - self.longest  # it takes two bytes more than it gives, and the value has two more at its end
        while left:
            left -= len(self._buffer.read(left))
            unread = self._buffer.read()
            self._buffer = io.BytesIO()
            self._buffer.write(unread)
            self._buffer.seek(0)
            if left:
                self._read_from_socket(timeout=timeout)
        return kept

    def _read_from_socket(self, *arguments: Any, **named: Any) -> bool:
        if self._buffer.getbuffer().nbytes > _ANSWER:
            raise redis.InvalidResponse("an answer that is longer than any that is asked for")
        return super()._read_from_socket(*arguments, **named)


class _Parser(_RESP3Parser):
    """Understands what Redis says, as far as it is read."""

    def on_connect(self, connection: Any) -> None:
        super().on_connect(connection)
        self._buffer = _Buffer(connection._sock, self.socket_read_size, connection.socket_timeout)
        self._buffer.longest = getattr(connection, "longest", LONGEST)


class Connection(redis.Connection):
    """A connection to a Redis into which the learner's programs may write whatever they like."""

    def __init__(self, longest: int = LONGEST, **given: Any) -> None:
        """Read values of up to `longest` bytes, and the beginning of longer ones."""
        self.longest = longest
        super().__init__(**{**given, "parser_class": _Parser})


class _Channel(kombu_redis.Channel):
    connection_class = Connection


class Transport(kombu_redis.Transport):
    """What Celery uses in place of its own to talk with such a Redis."""

    Channel = _Channel


def _unpack_with(start: Callable[[], Any]) -> Callable[[bytes], bytes]:
    def unpack(data: bytes) -> bytes:
        unpacking = start()
        try:
            found = unpacking.decompress(data, LONGEST)
        except Exception as error:  # noqa: BLE001 - each of them has errors of its own
            raise ValueError(f"what is packed is damaged: {error}") from None
        if not unpacking.eof:
            raise ValueError("what is packed is cut off, or too long")
        return bytes(found)

    return unpack


def _refuse(data: bytes) -> bytes:
    raise ValueError("it is packed in a way that nobody here knows")


def bound_unpacking() -> None:
    """Have all that Celery unpacks, in messages, replies and results, unpacked within limits."""
    ways: dict[str, Callable[[], Any]] = {
        "gzip": zlib.decompressobj,
        "bzip2": bz2.BZ2Decompressor,
        "lzma": lambda: lzma.LZMADecompressor(memlimit=_UNPACKING),
    }
    if zstd := getattr(compression, "zstd", None):
        ways["zstd"] = zstd.ZstdDecompressor
    known = {compression.get_encoder(name)[1]: start for name, start in ways.items()}
    for content_type in compression.encoders():
        start = known.get(content_type)
        encoder = compression.get_encoder(content_type)[0]
        compression.register(encoder, _unpack_with(start) if start else _refuse, content_type)
