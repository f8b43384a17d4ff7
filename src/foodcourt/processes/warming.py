"""What a service does with its first request, done once by the parent of all services.

Libraries look up, compile and cache as they go, and so does Python with the code that runs. A child that is forked
after that answers its first request in two thirds of the time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

__all__ = ["answer_a_request"]


def answer_a_request() -> None:
    """Have an app of ours answer over a connection, with uvicorn, FastAPI and httpx, and leave only warm caches."""
    import httpx
    import uvicorn
    from fastapi import FastAPI, HTTPException
    from pydantic import BaseModel
    from uvicorn.server import ServerState

    class Asked(BaseModel):
        number: int
        text: str

    app = FastAPI()

    @app.get("/{number}")
    async def read(number: int) -> dict[str, int]:
        if number == 0:
            raise HTTPException(404)
        return {"number": number}

    @app.post("/", status_code=201)
    async def write(asked: Asked) -> Asked:
        return asked

    async def ask() -> None:
        config = uvicorn.Config(app, log_config=None)
        config.load()
        # Not uvicorn's server, which looks only ten times a second whether it is to end.
        protocol: Callable[..., asyncio.Protocol] = config.http_protocol_class
        connected = partial(protocol, config=config, server_state=ServerState(), app_state={})
        async with await loop.create_server(connected, "127.0.0.1", 0) as server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            async with httpx.AsyncClient(base_url=url, trust_env=False, verify=False) as client:  # noqa: S501
                for _ in range(2):
                    await client.get("/1")
                    await client.get("/0")
                    await client.post("/", json={"number": 1, "text": "falafel"})

    loop = asyncio.new_event_loop()  # not asyncio.run, after which no other loop comes by itself
    with contextlib.closing(loop):
        loop.run_until_complete(ask())
