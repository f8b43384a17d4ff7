"""A sandbox made by bubblewrap, which programs enter after they were forked.

bubblewrap (https://github.com/containers/bubblewrap) makes it: a user, processes, a network and a file system of its
own, with nothing in them but what is named here. A process that holds it open is all that runs inside at first. A
fork server's child enters it by setns(2), gives up every privilege, and becomes the program: that takes 2 ms, where a
bubblewrap for each program would mean an interpreter for each, too.

Who makes a sandbox shares its network, so that programs inside reach servers of ours, and its scratch folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import site
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from foodcourt.errors import NoSandbox
from foodcourt.processes import namespaces
from foodcourt.processes.cgroups import Cgroup
from foodcourt.processes.seccomp import restrict_sockets

__all__ = ["CROWD", "INSIDE", "Entrance", "Limits", "Sandbox"]

INSIDE = "inside"
"""Name of the folder that programs inside see and may write into."""
CROWD = 600
"""Processes and threads; no right work has so many, also where a pool has one for each of 256 cores."""
_RESERVED = 4
"""How many times as many descriptors as a program inside those have that look after it."""
_PATIENCE = 10.0
_PATIENCE_AT_THE_END = 30.0
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
_SETTINGS = (
    *("alternatives", "group", "host.conf", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime"),
    *("mime.types", "nsswitch.conf", "passwd", "protocols", "services", "timezone"),
    *("ssl/certs", "ssl/openssl.cnf", "pki/ca-trust/extracted", "pki/tls/certs", "pki/tls/cert.pem"),
)
"""What programs read in /etc; nothing that is secret: of the certificates not the private keys."""
_DEVICES = ("null", "zero", "full", "random", "urandom")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the programs of one sandbox may use together, as far as the kernel lets us say so; else each of them.

    Attributes:
        memory: bytes.
        processes: processes and threads.
        scratch: bytes of files, which lie in memory.
        file: bytes of one file.
        open_files: descriptors of one process.
        cpu: seconds of one process.
    """

    memory: int = 2 << 30
    processes: int = 1_000
    scratch: int = 256 << 20
    file: int = 64 << 20
    open_files: int = 4_096
    cpu: int = 300


class Entrance:
    """The way in, for a process that was just forked and has one thread.

    Args:
        pidfd: stands for the process that holds the sandbox open.
        terms: what `Sandbox.terms` gave.
    """

    def __init__(self, pidfd: int, terms: Mapping[str, Any]) -> None:
        """Take what the fork server was sent."""
        self._pidfd = pidfd
        self._cgroup = Cgroup(tuple(terms["cgroup"]))
        self._limits = Limits(**terms["limits"])

    def enter(self) -> None:
        """Enter; what this process forks from now on runs inside.

        Raises:
            OSError: the sandbox is gone.
        """
        self._cgroup.enter()
        namespaces.join(self._pidfd, namespaces.USER)
        namespaces.forbid_new_namespaces()
        namespaces.join(self._pidfd, namespaces.ALL_BUT_USER)
        for name in _DEVICES:  # bubblewrap has no read-only devices; their modes would be root's to change, too
            namespaces.make_read_only(f"/dev/{name}")
        os.close(self._pidfd)

    def surrender(self) -> None:
        """Give up all privileges and accept the limits; the last step before learner's code runs."""
        limits = self._limits
        for kind, value in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, limits.file),
            (resource.RLIMIT_NOFILE, limits.open_files),
            (resource.RLIMIT_CPU, limits.cpu),
            (resource.RLIMIT_NPROC, limits.processes),
            (resource.RLIMIT_DATA, limits.memory),
        ):
            hard = resource.getrlimit(kind)[1]
            most = hard // _RESERVED if kind == resource.RLIMIT_NOFILE else hard
            value = value if hard == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(kind, (value, value))
        namespaces.surrender()
        restrict_sockets()
        namespaces.show()


class Sandbox:
    """A sandbox, until it is closed or who made it has ended, however that came about.

    Making one changes the process that makes it, so that is a process of its own: it gets mounts that nobody else
    sees, and has no network but the sandbox's loopback.

    Args:
        area: existing folder; becomes an empty file system in memory. Its folder `inside` is all of ours that
            programs see, and may write into.
        limits: what programs may use.

    Raises:
        NoSandbox: there is no bubblewrap, or it does not work here; the message says why.
    """

    name = "bubblewrap"

    def __init__(self, area: Path, limits: Limits | None = None) -> None:
        """Make it; takes about 15 ms."""
        self._limits = limits or Limits()
        program = shutil.which("bwrap")
        if sys.platform != "linux" or program is None:
            raise NoSandbox("bubblewrap is not installed\ntry: sudo apt-get install bubblewrap")
        self._cgroup = Cgroup.create(self._limits.memory, self._limits.processes)
        ours, theirs = socket.socketpair()
        try:
            namespaces.own_mounts()
            namespaces.mount_scratch(area, self._limits.scratch)
            with theirs:
                self._popen = _start(program, area, theirs)
            self._held = ours
            self.pidfd = os.pidfd_open(_holder(ours, self._popen))
            namespaces.join(self.pidfd, namespaces.NET)
        except (OSError, NoSandbox) as error:
            ours.close()
            self._cgroup.remove()
            namespaces.unmount(area)  # what is started all the same sees the folder, not what is mounted on it
            if isinstance(error, NoSandbox):
                raise
            raise NoSandbox(f"the kernel does not allow a sandbox here: {error}") from error

    def terms(self) -> dict[str, Any]:
        """Give what an `Entrance` needs beside `pidfd`, for a message to a fork server."""
        limits = {name: getattr(self._limits, name) for name in Limits.__slots__}
        return {"cgroup": list(self._cgroup.folders), "limits": limits}

    @property
    def crowded(self) -> bool:
        """Whether so much runs inside that others have to wait for it; as far as the kernel counts that for us."""
        return self._cgroup.processes > CROWD

    def close(self) -> None:
        """Kill everything inside, and wait until it is gone."""
        if self._held.fileno() < 0:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        self._held.close()
        os.close(self.pidfd)
        # Everything inside is killed by now. Where a neighbour's thousand processes are taken down at the same time
        # this takes long, which is no reason to have doubts about what was judged before.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(_PATIENCE_AT_THE_END)
        self._cgroup.remove()

    def __enter__(self) -> Sandbox:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def _start(program: str, area: Path, held: socket.socket) -> subprocess.Popen[bytes]:
    """Start bubblewrap; it tells who its child is over `held`, whose end ends the sandbox."""
    import certifi  # not needed by those who enter a sandbox, or never make one

    for name in (INSIDE, "tmp", "shm"):
        (area / name).mkdir(mode=0o700)
    # One authority in the place of all that certifi knows: httpx reads all 140 of them for each client that is made,
    # which takes 35 ms of CPU, and inside nobody shows a certificate.
    authority = "".join(certifi.contents().partition("-----END CERTIFICATE-----\n")[:2])
    (area / "authority.pem").write_text(authority, encoding="ascii")
    # Says that all is in place, and then waits for the other end to be closed.
    # As the first process inside it is out of reach of signals from there.
    hold = ["/bin/sh", "-c", "echo ready; read _"]
    fd, no_environment = held.fileno(), dict[str, str]()
    with held.dup() as info:
        argv = [
            program,
            *("--unshare-user", "--uid", "1000", "--gid", "1000"),
            *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--hostname", "sandbox"),
            *("--die-with-parent", "--new-session", "--as-pid-1", "--info-fd", str(info.fileno())),
            *_view(area),
            *("--ro-bind", str(area / "authority.pem"), certifi.where()),
            *("--remount-ro", "/"),  # the folders that all of that lies in
            *("--chdir", "/", "--", *hold),
        ]
        return subprocess.Popen(
            argv, stdin=fd, stdout=fd, stderr=fd, cwd="/", env=no_environment, pass_fds=[info.fileno()]
        )


def _view(area: Path) -> Iterator[str]:
    """Say what is seen inside: the system and Python to read, and one folder to write into."""
    yield from ("--bind", str(area / "tmp"), "/tmp")  # noqa: S108 - inside, it is the area's
    for path in _SYSTEM:
        if os.path.islink(path):  # noqa: PTH114
            yield from ("--symlink", os.readlink(path), path)  # noqa: PTH115
        else:
            yield from ("--ro-bind-try", path, path)
    for name in _SETTINGS:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")
    for folder in _python():
        yield from ("--ro-bind", folder, folder)
    # Where root grades, the user inside is root to the kernel, if one without privileges: what belongs to root, such
    # as /proc/sys/kernel/core_pattern, is theirs to write unless the mount says no.
    yield from ("--proc", "/proc", "--remount-ro", "/proc")
    for name in _DEVICES:
        yield from ("--dev-bind", f"/dev/{name}", f"/dev/{name}")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        yield from ("--symlink", f"/proc/self/fd/{number}", f"/dev/{name}")
    yield from ("--symlink", "/proc/self/fd", "/dev/fd")
    yield from ("--bind", str(area / "shm"), "/dev/shm")  # noqa: S108
    yield from ("--bind", str(area / INSIDE), str(area / INSIDE))


def _python() -> list[str]:
    """Give the folders that hold this Python and its libraries, outermost first, without what /usr holds."""
    folders = {sys.prefix, sys.base_prefix, sys.exec_prefix, *site.getsitepackages()}
    folders |= {os.path.realpath(folder) for folder in folders}
    folders |= {str(Path(os.path.realpath(sys.executable)).parent)}
    kept: list[str] = []
    for folder in sorted(folders):
        if not any(folder == above or folder.startswith(f"{above}/") for above in (*_SYSTEM, *kept)):
            kept.append(folder)
    return kept


def _holder(held: socket.socket, popen: subprocess.Popen[bytes]) -> int:
    """Wait until the sandbox is in place; the process id of who holds it open."""
    held.settimeout(_PATIENCE)
    told = b""
    try:
        while not told.endswith(b"ready\n"):
            part = held.recv(4_096)
            if not part:
                _failed(told)
            told += part
        held.settimeout(None)
        start, end = told.index(b"{"), told.rindex(b"}") + 1
        return int(json.loads(told[start:end])["child-pid"])
    except (OSError, ValueError, KeyError) as error:
        popen.kill()
        raise NoSandbox(f"bubblewrap does not work here: {error!r}, {_told(told)}") from error
    except NoSandbox:
        popen.wait()
        raise


def _failed(told: bytes) -> NoReturn:
    raise NoSandbox(f"bubblewrap does not work here: {_told(told)}")


def _told(told: bytes) -> str:
    return told.decode(errors="replace").rpartition("}")[2].strip()[-500:] or "it said nothing"
