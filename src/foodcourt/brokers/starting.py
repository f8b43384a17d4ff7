"""What all brokers have in common: the one that the environment names has to answer, an embedded one has to start."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from foodcourt.errors import BrokerUnavailable, ServiceError
from foodcourt.processes import ForkServer, Service, shared_fork_server
from foodcourt.system import without_password

__all__ = ["Kind", "bundled"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of broker.

    Attributes:
        name: as people write it.
        variable: the environment variable that names a server of this kind.
        absent: what is missing when there is no program to start, in words.
    """

    name: str
    variable: str
    absent: str

    def named(self, answers: Callable[[str], str | None], *, embedded: bool) -> str | None:
        """Give what the environment variable holds; None where an embedded broker is to be started.

        Args:
            answers: asks the server there once; None when it answers, else what went wrong, in words.
            embedded: whether an embedded one is wanted whatever the variable holds.

        Raises:
            BrokerUnavailable: the variable is set, but nothing answers there.
        """
        address = os.environ.get(self.variable)
        if not address or embedded:
            return None
        if problem := answers(address):
            raise BrokerUnavailable(
                f"expected a {self.name} server at {self.variable}={without_password(address)}, but: {problem}\n"
                f"next: start that server, or unset {self.variable} to use an embedded one"
            )
        return address

    @contextlib.contextmanager
    def started(
        self,
        programs: Iterable[Path],
        run: Callable[[Path, Path], AbstractContextManager[Service]],
        *,
        install: str | None,
        instead: str | None = None,
        fork_server: ForkServer | None = None,
    ) -> Iterator[tuple[Path, Service]]:
        """Start the first of the programs that does start, in a scratch folder; give it and its service.

        Args:
            programs: what may be started, best first.
            run: runs the service, given the program and the scratch folder.
            install: the command that installs a program, for when there is none.
            instead: the command that installs another one, for when none of them starts.
            fork_server: who starts it; by default this process's own.

        Raises:
            BrokerUnavailable: there is no program, or none of them starts.
        """
        failures: list[str] = []
        for program in programs:
            with contextlib.ExitStack() as stack:
                try:
                    # Should we be killed, the fork server removes its folder, and ours in it.
                    above = (fork_server or shared_fork_server(str(program))).folder
                    prefix = f"{self.name.lower()}-"
                    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=prefix, dir=above)))
                    service = stack.enter_context(run(program, folder))
                except ServiceError as error:
                    # A program may not fit the C library, or lack another program, where the next one does not.
                    failures.append(str(error))
                    continue
                yield program, service
                return
        what = "\n".join(failures) or self.absent
        command = (instead if failures else install) or (
            f"name a {self.name} server that runs elsewhere in {self.variable} (docker-compose.yml brings one)"
        )
        raise BrokerUnavailable(
            f"expected to start a {self.name} server, but none could be started: {what}\nnext: {command}"
        )


def bundled(package: str, name: str) -> list[Path]:
    """Find a program that a Python package brings along.

    The program has no public name in the package; the list of its files has it whatever the platform.
    """
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        return []
    found = [Path(str(file.locate())) for file in files if file.name == name]
    return [program for program in found if os.access(program, os.X_OK)]
