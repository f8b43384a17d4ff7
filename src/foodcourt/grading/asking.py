"""Asking a learner's service over HTTP: a connection of its own for each request, and a deadline for all of it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from foodcourt.grading.answers import NO_ANSWER, Answer, Request
from foodcourt.processes.starvation import Share, family_time, starved

if TYPE_CHECKING:
    from foodcourt.grading.learner_service import LearnerService

__all__ = ["Asker"]

_BODY_LIMIT = 2 << 20
_NOTICED = 0.05
"""Seconds: what is lost beyond them decides, so it is worth a look whether the service's own children took them."""


class Asker:
    """An HTTP client that no answer can hold up: neither silence, nor a drip, nor one that never ends."""

    def __init__(self) -> None:
        """Start the event loop, in a thread of its own: checks are synchronous, and may ask from several threads."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="asker", daemon=True)
        self._thread.start()
        self._session = asyncio.run_coroutine_threadsafe(_open_session(), self._loop).result()

    def ask(self, service: LearnerService, requests: Sequence[Request], patience: float) -> list[Answer]:
        """Send requests at the same time; give the answers in their order.

        Args:
            service: whom to ask.
            requests: what to ask.
            patience: seconds after which a request without a whole answer is given up.
        """

        async def together() -> list[Answer]:
            return await asyncio.gather(*(self._one(service, request, patience) for request in requests))

        return asyncio.run_coroutine_threadsafe(together(), self._loop).result()

    async def _one(self, service: LearnerService, request: Request, patience: float) -> Answer:
        status, body, problem, mark = NO_ANSWER, b"", "", service.log_size()
        pid, before = service.pid, Share.of(service.pid)
        headers = {"Content-Type": "application/json"} if request.body is not None else {}
        started = time.monotonic()
        try:
            async with asyncio.timeout(patience):
                call = self._session.request(
                    request.method,
                    URL(service.url + request.path, encoded=True),
                    data=request.content(),
                    headers=headers,
                    allow_redirects=False,
                )
                async with call as response:
                    status = response.status
                    async for chunk in response.content.iter_any():
                        body += chunk
                        if len(body) > _BODY_LIMIT:
                            problem = f"an answer of more than {_BODY_LIMIT >> 20} MiB"
                            break
        except TimeoutError:
            problem = (
                f"no answer in {patience:.1f} s" if not status else f"an unfinished answer after {patience:.1f} s"
            )
            status = NO_ANSWER
        except aiohttp.ClientConnectorError:
            problem = "a refused connection"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            problem = f"a broken answer ({type(error).__name__}: {error})"[:300]
        elapsed = time.monotonic() - started
        lost = min(elapsed, starved(before, Share.of(pid), main=pid))
        if lost > _NOTICED:
            lost = max(0.0, lost - family_time(pid))
        return Answer(request, service, status, body, problem, started, elapsed, mark, lost)

    def close(self) -> None:
        """Close the client and its event loop."""
        asyncio.run_coroutine_threadsafe(self._session.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _open_session() -> aiohttp.ClientSession:
    """Open what costs a third of an httpx client, request for request: a verdict takes hundreds of them."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, force_close=True),
        timeout=aiohttp.ClientTimeout(total=None),  # the whole request has a deadline of its own
        # Not packed: what is sent packed all the same is not unpacked, as a few bytes may become gigabytes.
        headers={"Connection": "close", "Accept-Encoding": "identity"},
        auto_decompress=False,
        # None is kept: cookies know no ports, so one service's would go to the others, and with them its memory.
        cookie_jar=aiohttp.DummyCookieJar(),
        middlewares=[_ask_once],
    )


async def _ask_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Name otherwise what has aiohttp send a GET a second time: a service that hangs up gets no second chance."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError(str(error)) from error
