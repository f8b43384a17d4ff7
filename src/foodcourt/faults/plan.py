"""Which faults are in force, and which of them a call meets."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from typing import TypedDict

from foodcourt.faults.calls import Answer, Call, check_answer
from foodcourt.faults.handle import Handle
from foodcourt.faults.routes import path_pattern


class Scope(TypedDict, total=False):
    """Which calls a fault is about; without any of these, all of them.

    Attributes:
        path: a path pattern, such as `/users/{uid}` or `/users/*`.
        method: `GET`, …
        nth: from the nth such call on (1-based, counted from the moment the fault is put in force); just
            that one, unless `times` says more.
        times: so many such calls, then no more.
        rate: each of those calls with this probability (0…1).
        seed: makes the draws of `rate` repeatable; 0 unless given.
    """

    path: str | None
    method: str | None
    nth: int | None
    times: int | None
    rate: float | None
    seed: int


class Fault(Handle):
    """A fault in force. `end()` it, or use it in a `with` block."""

    def __init__(
        self, replies: tuple[Answer, ...], scope: Scope, undo: Callable[[], None], *, script: bool = False
    ) -> None:
        """Meet calls in scope with `replies[0]`, or each with the next one of a script.

        Raises:
            TypeError: a reply is none.
            ValueError: the scope makes no sense.
        """
        super().__init__(undo)
        for reply in replies:
            check_answer(reply)
        self._replies = replies
        self._script = script
        path, method = scope.get("path"), scope.get("method")
        self._path = path_pattern(path) if path is not None else None
        self._method = method.upper() if method is not None else None
        nth, times, self._rate = scope.get("nth"), scope.get("times"), scope.get("rate")
        if (nth is not None and nth < 1) or (times is not None and times < 1):
            raise ValueError("nth and times count from 1")
        if self._rate is not None and not 0 <= self._rate <= 1:
            raise ValueError(f"a rate lies between 0 and 1, not {self._rate}")
        self._first = nth or 1
        self._times = 1 if nth is not None and times is None else times
        if script:
            self._times = len(replies)
        self._random = random.Random(scope.get("seed", 0))  # noqa: S311 - repeatable on purpose
        self._seen = 0
        self._hits = 0
        self.released = asyncio.Event()

    @property
    def hits(self) -> int:
        """How many calls it has met so far."""
        return self._hits

    def meet(self, call: Call) -> Answer | None:
        """Return what the call gets from this fault, or None if it gets past."""
        if self._method is not None and self._method != call.method:
            return None
        if self._path is not None and self._path.match(call.path) is None:
            return None
        self._seen += 1
        index = self._seen - self._first
        if index < 0 or (self._times is not None and index >= self._times):
            return None
        if self._rate is not None and self._random.random() >= self._rate:
            return None
        self._hits += 1
        return self._replies[index if self._script else 0]


class Plan:
    """The faults in force, the newest on top: a call meets that one first."""

    def __init__(self) -> None:
        """Begin without any fault."""
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a fault on top."""
        with self._lock:
            self._faults.append(fault)

    def remove(self, fault: Fault) -> None:
        """Take a fault away, wherever it lies."""
        with self._lock:
            if fault in self._faults:
                self._faults.remove(fault)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults in force, oldest first."""
        with self._lock:
            return tuple(self._faults)

    def met_by(self, call: Call) -> Iterator[tuple[Fault, Answer]]:
        """Go through the faults that the call meets, newest first, counting each only when it is reached."""
        for fault in reversed(self.faults):
            with self._lock:
                answer = fault.meet(call)
            if answer is not None:
                yield fault, answer
