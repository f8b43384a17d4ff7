"""Python programs that are forked from a parent which has imported their libraries already.

A new interpreter that imports FastAPI, uvicorn and httpx burns half a second of CPU before the first line of the
service runs. A parent that did so once forks the same service in a tenth of that.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["PRELOADS", "Preload", "find_function"]


@dataclass(frozen=True, slots=True)
class Preload:
    """What a parent imports before it forks programs of one kind.

    Attributes:
        entry: what the console script calls, as `module:function`; None: the first argument is a script to run.
        modules: imported before the first fork; none of them may start a thread.
        path_option: the option that names a folder where the program looks for modules first.
        warm_up: what the parent calls before the first fork, as `module:function`; it leaves no thread behind either.
        within: whether the program is what the parent is in the middle of, which the child goes on with.
    """

    entry: str | None
    modules: tuple[str, ...] = ()
    path_option: str | None = None
    warm_up: str | None = None
    within: bool = False


def find_function(name: str) -> Callable[..., object]:
    """Give the function that `module:function` names."""
    module, _, function = name.partition(":")
    found: Callable[..., object] = getattr(importlib.import_module(module), function)
    return found


PRELOADS: dict[str, Preload] = {
    "uvicorn": Preload(
        entry="uvicorn.main:main",
        modules=(
            "uvicorn.main",
            "uvicorn.lifespan.on",
            "uvicorn.loops.auto",
            "uvicorn.loops.asyncio",
            "uvicorn.protocols.http.auto",
            "uvicorn.protocols.websockets.auto",
            "fastapi",
            "fastapi.openapi.utils",
            "pydantic.v1",  # which FastAPI imports with the first route: half the time that a service takes to start
            "importlib.resources.readers",  # and certifi, when httpx makes a client
            "httpx",
            "httpcore",
            "anyio._backends._asyncio",
        ),
        path_option="--app-dir",
        warm_up="foodcourt.processes.warming:answer_a_request",
    ),
    "pytest": Preload(
        entry="pytest:console_main",
        modules=("pytest", "_pytest.assertion.rewrite"),
    ),
    "celery": Preload(
        entry="celery.__main__:main",
        modules=(
            "celery.__main__",
            "celery.bin.celery",
            "celery.apps.worker",
            "celery.concurrency.prefork",
            "celery.backends.redis",
            "celery.app.log",
            "celery.app.events",
            "celery.events.receiver",
            "billiard.popen_fork",
            "billiard.sharedctypes",
            "encodings.idna",
            "kombu.pidbox",
            "celery.worker.consumer",
            "celery.worker.components",
            "celery.worker.strategy",
            "kombu.transport.redis",
        ),
        path_option="--workdir",
    ),
    "python-grpc-tools-protoc": Preload(entry="grpc_tools.protoc:entrypoint", modules=("grpc_tools.protoc",)),
    "python": Preload(entry=None),
}
"""By the name of the command: everything else is executed as a program of its own."""

if sys.platform == "darwin":
    # Apple's frameworks may not be used after a fork, and libraries load them unasked (to read the proxy settings,
    # for one); CPython's multiprocessing stopped forking there for that reason: https://bugs.python.org/issue33725
    PRELOADS.clear()
