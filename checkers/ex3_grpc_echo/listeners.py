"""Who listens on a port: gRPC lets servers share one (SO_REUSEPORT), and each connection goes to any of them."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import psutil

from foodcourt.processes import children


def strangers(port: int, pid: int) -> str:
    """Name a listener on the port that is no part of a program; empty when there is none, or none can be seen.

    Args:
        port: the TCP port.
        pid: the program's process id. What was started beside it and below it belongs to it too.
    """
    # Looked at twice: between the two looks at /proc, a listener may come or go.
    if not _foreign(port, pid) & _foreign(port, pid):
        return ""
    for process in psutil.process_iter(["cmdline"]):
        with contextlib.suppress(OSError):  # another user's
            if _sockets(process) & _foreign(port, pid):
                return f"process {process.pid} ({' '.join(process.info['cmdline'] or [])[:100]})"
    return "another process"


def _foreign(port: int, pid: int) -> set[str]:
    try:
        ours = children(psutil.Process(pid).ppid(), recursive=True)
        own = set().union(*(_sockets(process) for process in ours))
    except (psutil.Error, OSError):  # it ended, or belongs to somebody else
        return set()
    return _listening(port) - own


def _listening(port: int) -> set[str]:
    """The inodes of the sockets that listen on a port (Linux; elsewhere nothing is found)."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                words = line.split()
                if words[3] == "0A" and words[1].endswith(f":{port:04X}"):
                    found.add(words[9])
    return found


def _sockets(process: psutil.Process) -> set[str]:
    """The inodes of the sockets that a process holds; none once it has ended."""
    found = set()
    with contextlib.suppress(FileNotFoundError):
        for path in Path(f"/proc/{process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                if match := re.fullmatch(r"socket:\[(\d+)\]", str(path.readlink())):
                    found.add(match[1])
    return found
