"""The upstream's memory: every call and how many connections, bounded, and safe between threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from foodcourt.faults.calls import Call
from foodcourt.faults.connections import Connections


class Journal:
    """Written in the loop's thread, read from any."""

    def __init__(self, max_calls: int, max_bytes: int) -> None:
        """Keep at most so many calls, with so many bytes of requests and answers between them."""
        self.origin = time.monotonic()
        self._max_calls = max_calls
        self._max_bytes = max_bytes
        self._changed = threading.Condition(threading.RLock())
        self._connections = Connections()
        self._version = 0
        self._last_key = 0
        self._running: set[int] = set()
        self._calls: dict[int, Call] = {}
        self._arrived = 0
        self._bytes = 0
        self._peak = 0

    def now(self) -> float:
        """Return the seconds since the origin."""
        return time.monotonic() - self.origin

    def open(self, call: Call) -> tuple[int, Call]:
        """Note that a call came in; return the key to `update` it by, and the call with its number."""
        with self._changed:
            self._last_key += 1
            self._arrived += 1
            call = replace(call, number=self._arrived)
            weight = len(call.body) + sum(len(name) + len(value) for name, value in call.headers)
            if len(self._calls) < self._max_calls and self._bytes + weight <= self._max_bytes:
                self._bytes += weight
                self._calls[self._last_key] = call
            self._running.add(self._last_key)
            self._peak = max(self._peak, len(self._running))
            self._note_change()
            return self._last_key, call

    def update(self, key: int, **changes: Any) -> None:
        """Change what is known of a call, if it is still remembered."""
        with self._changed:
            call = self._calls.get(key)
            if call is not None:
                self._calls[key] = replace(call, **changes)
                self._note_change()

    def close(self, key: int, **changes: Any) -> None:
        """Note that a call is over."""
        with self._changed:
            self._running.discard(key)
            self.update(key, **changes)
            self._note_change()

    def count(self, **steps: int) -> None:
        """Add to the counters of `Connections`."""
        with self._changed:
            self._connections = self._connections.plus(**steps)
            self._note_change()

    def forget(self) -> None:
        """Start counting anew; calls in flight are no longer recorded."""
        with self._changed:
            self._calls = {}
            self._arrived = 0
            self._bytes = 0
            self._peak = len(self._running)
            self._connections = Connections(open=self._connections.open)
            self._note_change()

    def _note_change(self) -> None:
        self._version += 1
        self._changed.notify_all()

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that are remembered, in the order they came."""
        with self._changed:
            return tuple(self._calls.values())

    @property
    def connections(self) -> Connections:
        """The counters."""
        with self._changed:
            return self._connections

    @property
    def arrived(self) -> int:
        """How many calls came, remembered or not."""
        with self._changed:
            return self._arrived

    @property
    def dropped(self) -> int:
        """How many calls came and were not remembered because there were too many."""
        with self._changed:
            return self._arrived - len(self._calls)

    @property
    def in_flight(self) -> int:
        """How many calls are being answered now."""
        with self._changed:
            return len(self._running)

    @property
    def peak(self) -> int:
        """The most calls that were in flight at once."""
        with self._changed:
            return self._peak

    def wait_until(self, predicate: Callable[[], bool], timeout: float) -> bool:
        """Wait until the predicate holds; return whether it did within so many seconds."""
        deadline = time.monotonic() + timeout
        while True:
            with self._changed:
                seen = self._version
            # Without the lock: the predicate may ask the loop's thread, which may be waiting for the lock.
            if predicate():
                return True
            if not self._wait_for_change(seen, deadline - time.monotonic()):
                return predicate()

    def _wait_for_change(self, seen: int, timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._version != seen, timeout)
