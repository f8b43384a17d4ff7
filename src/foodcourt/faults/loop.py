"""A thread of our own that runs one private asyncio loop.

The callers are synchronous (a checker's pytest process, or a notebook cell under a loop that already runs),
so whatever talks to sockets lives in this thread and is reached through `LoopThread.call`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

from foodcourt.errors import GraderError

P = ParamSpec("P")
T = TypeVar("T")


class LoopThread:
    """Starts the thread at once; `stop` leaves no task, thread or socket of the loop behind."""

    def __init__(self, name: str) -> None:
        """Start the thread; `name` shows up in tracebacks and thread lists."""
        self._name = name
        self._problems: list[BaseException] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(self._note_problem)
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in the loop's thread and hand back what it returns or raises.

        Called from the loop's own thread (an answer function that changes faults), it runs on the spot.
        """
        if threading.current_thread() is self._thread:
            return function(*args, **kwargs)
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(function(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
                future.set_exception(error)

        self.loop.call_soon_threadsafe(run)
        return future.result()

    def settle(self) -> None:
        """Wait until the loop has noted what a client could already have seen.

        Bytes reach a client a moment before the loop goes on to note that they were sent: one turn of the loop
        later, or two when the kernel's buffer was full.
        """
        for _ in range(2):
            self.call(lambda: None)

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task from inside the loop's thread; an exception in it is kept for `stop` to raise."""
        task = self.loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)
        return task

    def stop(self) -> None:
        """Cancel every task, end the thread, close the loop.

        Raises:
            GraderError: something of ours broke inside the loop; its cause is the first such exception.
        """
        asyncio.run_coroutine_threadsafe(self._wind_down(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()
        if self._problems:
            first = self._problems[0]
            raise GraderError(
                f"{self._name} broke: {type(first).__name__}: {first}. "
                "This is a fault of the food court itself, not of the code that talked to it."
            ) from first

    async def _wind_down(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Transports that were aborted close their sockets in callbacks that are already queued.
        for _ in range(3):
            await asyncio.sleep(0)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._problems.append(error)

    def _note_problem(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self._problems.append(error if error is not None else RuntimeError(context["message"]))
