"""What the last line of a traceback betrays of the mistake behind it, whichever check saw it."""

from __future__ import annotations

import re

__all__ = ["likely_mistake"]

# The first that matches wins; where none does, nothing is said.
_SIGNATURES = {
    r"\bTODO \d+\b.* in \w+\.py": "a TODO is left there: fill it in, and remove its `raise`",
    r"'(coroutine|UnaryUnaryCall)' object|coroutine '[^'\n]*' was never awaited": (
        "an `await` is missing before an async call"
    ),
    r"^KeyError: '[A-Z]+(_[A-Z]+)+'$": (
        "a setting that need not be in the environment is read without a default: os.environ.get(name, default)"
    ),
    r"client has been closed": "the httpx client is used after it was closed",
    r"bound to a different event loop|Event loop is closed": (
        "the client was made in another event loop than it is used in"
    ),
    r"^(tenacity\.)?RetryError": "tenacity's RetryError leaks; use reraise=True",
    r"unknown type: <class '\w*(Error|Exception)'>": "an exception is returned as it is; return its text, str(…)",
    r"EncodeError": "what is given to .delay() is no JSON: hand over strings and numbers, no objects",
    r"is not JSON serializable|PydanticSerializationError|vars\(\) argument must have __dict__": (
        "the route returns an object that is no JSON: of a response return response.json(), of an AsyncResult its id"
    ),
    r"invalid (literal for int\(\) with base 10|int value): '\d+\.\d+'": (
        "a setting in seconds is read with int(); use float()"
    ),
    r"^(httpx\.)?ConnectError|^ConnectionRefusedError": (
        "httpx.ConnectError is not caught: a refused connection is no timeout"
    ),
    r"^(httpx\.)?(Read|Connect|Write|Pool)Timeout": "httpx.TimeoutException is not caught",
    r"^(httpx\.)?(RemoteProtocolError|ReadError|WriteError)": (
        "httpx.TransportError is not caught: a connection can drop midway"
    ),
    r"^(httpx\.)?HTTPStatusError": "httpx.HTTPStatusError of raise_for_status() is not caught",
    r"(unrecognized arguments|[Nn]o such option):? --(port|target|timeout)\b": "the option is missing in the program",
    # What a gRPC server tells its caller, as `UNKNOWN: Exception calling application: …`
    r"^UNIMPLEMENTED: Method not found!": (
        "the server does not know the method: add_EchoServiceServicer_to_server() is not called, or the service is "
        "registered under another name"
    ),
    r"^UNIMPLEMENTED: Method not implemented!": (
        "the class has no method called Echo, the name of the rpc, so the generated one answers"
    ),
    r"Failed to serialize response!|'SerializeToString' (for|requires)": (
        "Echo returns something else than an EchoReply, such as None, a text or a dict"
    ),
    r"\bEcho\(\) takes [0-2] positional arguments? but \d": "Echo takes three parameters: self, request, context",
    r"\bEcho\(\) missing 1 required positional argument: 'context'": (
        "the class itself is registered, not an object of it: EchoService()"
    ),
    r'Protocol message \w+ has no "\w+" field': "a field is set that the message in echo.proto does not have",
    r"missing 1 required positional argument: 'thread_pool'": "grpc.server() is given no pool of threads",
    r"Stub' object has no attribute": "a stub's methods have the names of the rpcs: Echo",
    r"Exception serializing request!": "the stub is given something else than a whole EchoRequest",
    r"No positional arguments allowed": "the fields of a message are given by name: EchoReply(message=…)",
    r"SERVER: (Received|Sent) message larger than max": "an option of the server makes its limit for messages small",
    r"Concurrent RPC limit exceeded": "maximum_concurrent_rpcs has the server turn calls away",
    r"^[\w.]*(_InactiveRpcError|_MultiThreadedRendezvous|AioRpcError)\b": "grpc.RpcError is not caught",
    r"^[\w.]*FutureTimeoutError": "the grpc.FutureTimeoutError of channel_ready_future is not caught",
    r"ResponseValidationError": "the route returns something else than its response model or annotation says",
    # What Celery tells
    r"'DisabledBackend' object|No result backend is configured": (
        "no result backend is asked: the Celery app has none (backend=), or AsyncResult was made without the app"
    ),
    r"codec can't (en|de)code": "the text is passed through an encoding that lacks some of its signs",
    r"'function' object has no attribute '(delay|apply_async)'": "the function is no task: @app.task is missing",
    r"'str' object cannot be interpreted as an integer": "a text is given where a number is needed: float(…)",
    r"JSONDecodeError": "an answer that is no JSON is not expected",
    r"^ModuleNotFoundError: No module named": "a module is imported that is neither in the folder nor installed",
    r"^(SyntaxError|IndentationError|TabError)": "the file is not valid Python",
}


def likely_mistake(error: str) -> str:
    """Name the mistake that an error, such as `KeyError: 'email'`, betrays; empty when unsure."""
    return next((mistake for pattern, mistake in _SIGNATURES.items() if re.search(pattern, error)), "")
