"""Start any command as a service, wait until it is ready, read its log, stop it; it never outlives its owner.

    with Service(["uvicorn", "users:app", "--port", "{port}"], ready=HttpReady("/health")) as users:
        print(users.url, users.logs())

Three processes share the work (all in this folder): the *owner* (`service.py`, `forkserver.py`: a kernel, a test, the
grader), the *fork server* (`server.py`, `preloads.py`), and one *keeper* per service (`keeper.py`, `program.py`). For
programs in a sandbox there is one more: a fork of the fork server that has entered it (`inside.py`, `sandbox.py`).
"""

from foodcourt.processes.family import children
from foodcourt.processes.forkserver import ForkServer, shared_fork_server
from foodcourt.processes.ports import free_port
from foodcourt.processes.process import Process
from foodcourt.processes.readiness import GrpcReady, HttpReady, LogReady, Readiness, TcpReady
from foodcourt.processes.service import Service, base_environment

__all__ = [
    "ForkServer",
    "GrpcReady",
    "HttpReady",
    "LogReady",
    "Process",
    "Readiness",
    "Service",
    "TcpReady",
    "base_environment",
    "children",
    "free_port",
    "shared_fork_server",
]
