"""An HTTP upstream and a TCP proxy that misbehave on a script, over real sockets.

An `Upstream` has *routes*, which say what it answers when all is well, and *faults*, which say what goes
wrong. There is one way to make something go wrong: call the verb.

::

    from foodcourt.faults import OK, Status, Upstream

    with Upstream("users-service") as users:
        users.answer("/users/{uid}", json={"id": 7, "email": "ada@example.org"})

        users.delay(seconds=3)                    # from now on…
        users.recover()                           # …until all faults are ended
        with users.refuse():                      # or for the length of a block, which puts back
            ...                                   # what was there before
        users.fail(status=503, path="/users/*", times=2)      # the next two calls
        users.reset(nth=3)                                    # the third from now
        users.fail(rate=0.5, seed=42)                         # half of them, the same half every time
        users.script(Status(503), Status(503), OK)            # one after the other, then as usual

        assert users.wait_for(3, timeout=2)       # calls are recorded, with times and connections
        print(users.calls[0].path, users.connections.accepted)
        print(users.timeline())

Faults lie on top of each other: a call meets the newest one in its scope, and what that lets through (`OK`,
`Delay`, `Drip`, `Cut`, `Hold`…) meets the next older one, at last the route.

A `TcpProxy` spoils connections to anything else, be it a broker, a gRPC server or an upstream, by the same grammar::

    with TcpProxy("127.0.0.1", redis_port) as proxy:
        proxy.latency(seconds=0.1, jitter=0.02)
        with proxy.blackhole(direction="to_client"):
            ...

Everything is synchronous and runs in a thread of its own, so it works in a notebook cell and in a test
alike. Nothing is left behind when the block ends.
"""

from foodcourt.faults.calls import Call
from foodcourt.faults.connections import Connections
from foodcourt.faults.handle import Handle
from foodcourt.faults.plan import Fault
from foodcourt.faults.proxy import TcpProxy
from foodcourt.faults.replies import (
    OK,
    Cut,
    Delay,
    Drip,
    Flood,
    Hang,
    Hold,
    Malformed,
    Reply,
    Reset,
    Status,
)
from foodcourt.faults.upstream import Upstream

__all__ = [
    "OK",
    "Call",
    "Connections",
    "Cut",
    "Delay",
    "Drip",
    "Fault",
    "Flood",
    "Handle",
    "Hang",
    "Hold",
    "Malformed",
    "Reply",
    "Reset",
    "Status",
    "TcpProxy",
    "Upstream",
]
