"""Control groups: what processes may use together, where the kernel lets us say so.

Both versions are in use: https://docs.kernel.org/admin-guide/cgroup-v1/ and …/admin-guide/cgroup-v2.html. Version 1
has a tree for each controller, version 2 one for all. Without the right to make a group, rlimits are what is left.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cgroup"]

_PREFIX = "foodcourt-"


@dataclass(frozen=True, slots=True)
class Cgroup:
    """A group of processes; no folders: there could be none, and entering it does nothing.

    Attributes:
        folders: one for each tree that it is in.
    """

    folders: tuple[str, ...] = ()

    @classmethod
    def create(cls, memory: int, processes: int) -> Cgroup:
        """Make a group with limits: bytes of memory, and number of processes and threads.

        Groups whose makers have ended without removing them, because they were killed, are removed.
        """
        name = f"{_PREFIX}{os.getpid()}-{os.urandom(6).hex()}"
        made = []
        for parent, controllers in _parents():
            for other in parent.glob(f"{_PREFIX}*"):
                if not _has_maker(other.name):
                    with contextlib.suppress(OSError):  # somebody is still in it
                        other.rmdir()
            folder = parent / name
            with contextlib.suppress(OSError):
                folder.mkdir()
                made.append(str(folder))
                for file, value in _settings(controllers, memory, processes):
                    with contextlib.suppress(OSError):
                        (folder / file).write_text(value, encoding="ascii")
        return cls(tuple(made))

    def enter(self) -> None:
        """Move this process in, and with it whatever it forks; where that is not allowed it stays outside."""
        for folder in self.folders:
            with contextlib.suppress(OSError):
                Path(folder, "cgroup.procs").write_text("0", encoding="ascii")

    @property
    def processes(self) -> int:
        """How many processes and threads are in it; 0 where nobody counts them."""
        for folder in self.folders:
            with contextlib.suppress(OSError, ValueError):
                return int(Path(folder, "pids.current").read_text(encoding="ascii"))
        return 0

    def remove(self) -> None:
        """Remove it, once it is empty."""
        for folder in self.folders:
            with contextlib.suppress(OSError):
                Path(folder).rmdir()


def _has_maker(name: str) -> bool:
    """Say whether the process that made a group is there; its group may be empty now, and is not for us to remove."""
    return Path("/proc", name.removeprefix(_PREFIX).partition("-")[0]).exists()


def _settings(controllers: set[str], memory: int, processes: int) -> Iterator[tuple[str, str]]:
    if "pids" in controllers:
        yield "pids.max", str(processes)
    if "memory" in controllers:
        yield "memory.limit_in_bytes", str(memory)  # version 1
        yield "memory.max", str(memory)  # version 2
        yield "memory.swap.max", "0"


def _parents() -> Iterator[tuple[Path, set[str]]]:
    """Give the groups below which we may make one, with the controllers that it would have."""
    roots = _roots()
    for line in Path("/proc/self/cgroup").read_text(encoding="ascii", errors="replace").splitlines():
        _, named, path = line.split(":", 2)
        controllers = set(named.split(",")) - {""}
        root = roots.get(named)
        if root is None:
            continue
        here = root / path.lstrip("/")
        if controllers:
            if controllers & {"pids", "memory", "cpu"} and os.access(here, os.W_OK):
                yield here, controllers
            continue
        # Version 2: who holds processes hands on no controllers, so the group has to be beside ours or further up,
        # where the right to move a process from here to there is ours.
        for above in (here, *here.parents):
            if not above.is_relative_to(root):
                break
            handed = _words(above / "cgroup.subtree_control")
            if handed & {"pids", "memory"} and os.access(above / "cgroup.procs", os.W_OK):
                yield above, handed
                break


def _roots() -> dict[str, Path]:
    """Give where each tree is mounted, by the names of its controllers as /proc/self/cgroup writes them."""
    found = {}
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines():
        mounted, _, kind = line.partition(" - ")
        fields, (type_, _, options) = mounted.split(), kind.split(maxsplit=2)
        if type_ == "cgroup2":
            found[""] = Path(fields[4])
        elif type_ == "cgroup":
            for option in options.split(","):
                found[option] = Path(fields[4])
            found[Path(fields[4]).name] = Path(fields[4])
    return found


def _words(path: Path) -> set[str]:
    try:
        return set(path.read_text(encoding="ascii").split())
    except OSError:
        return set()
