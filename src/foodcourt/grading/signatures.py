"""What the last line of a traceback betrays of the mistake behind it, whichever check saw it."""

from __future__ import annotations

import re

__all__ = ["likely_mistake"]

# The first that matches wins; where none does, nothing is said.
_SIGNATURES = {
    r"'coroutine' object|coroutine '.*' was never awaited": "an `await` is missing before an async call",
    r"client has been closed": "the httpx client is used after it was closed",
    r"bound to a different event loop|Event loop is closed": (
        "the client was made in another event loop than it is used in"
    ),
    r"^RetryError": "tenacity's RetryError leaks; use reraise=True",
    r"is not JSON serializable|PydanticSerializationError|vars\(\) argument must have __dict__": (
        "the route returns an object that is no JSON, such as httpx's response itself; return response.json()"
    ),
    r"invalid literal for int\(\) with base 10: '\d+\.\d+'": "a setting in seconds is read with int(); use float()",
    r"^(httpx\.)?ConnectError|^ConnectionRefusedError": (
        "httpx.ConnectError is not caught: a refused connection is no timeout"
    ),
    r"^(httpx\.)?(Read|Connect|Write|Pool)Timeout": "httpx.TimeoutException is not caught",
    r"^(httpx\.)?(RemoteProtocolError|ReadError|WriteError)": (
        "httpx.TransportError is not caught: a connection can drop midway"
    ),
    r"^(httpx\.)?HTTPStatusError": "httpx.HTTPStatusError of raise_for_status() is not caught",
    r"JSONDecodeError": "an answer that is no JSON is not expected",
    r"^ModuleNotFoundError: No module named": "a module is imported that is neither in the folder nor installed",
    r"^(SyntaxError|IndentationError|TabError)": "the file is not valid Python",
}


def likely_mistake(error: str) -> str:
    """Name the mistake that an error, such as `KeyError: 'email'`, betrays; empty when unsure."""
    return next((mistake for pattern, mistake in _SIGNATURES.items() if re.search(pattern, error)), "")
