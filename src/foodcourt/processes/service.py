"""A service: a command that is started, waited for, watched and stopped."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from foodcourt.errors import FoodCourtError, ServiceExited, ServiceNotReady, UsageError
from foodcourt.processes.forkserver import ForkServer, shared_fork_server
from foodcourt.processes.logs import follow, last_lines, read_log
from foodcourt.processes.ports import free_port, is_free
from foodcourt.processes.process import Process
from foodcourt.processes.readiness import Readiness
from foodcourt.processes.starvation import Share, run_time, too_busy, waited

__all__ = ["Service", "base_environment"]

_PASSED_ON = ("HOME", "USER", "TMPDIR", "TZ", "LANG", "LC_ALL")
_TAIL_LINES = 15
_PORT_TAKEN = re.compile(r"address (already )?in use|eaddrinuse", re.IGNORECASE)


def base_environment() -> dict[str, str]:
    """Give the environment that every service starts with: programs of this Python first on PATH, little else."""
    env = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    env.setdefault("LANG", "C.UTF-8")
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    env["PYTHONUNBUFFERED"] = "1"
    # Python takes a compiled file for current if its source has the same size and the same *second* of change: a file
    # that is saved and started again within one second would run as it was before.
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    return env


class Service:
    """A process of its own, tied to this one: it dies when this process dies, however that comes about.

    Args:
        argv: the command; `{port}` in an argument or in a value of `env` becomes the service's port.
        name: what messages call it; by default the command's first argument that is not an option.
        cwd: the folder it starts in; by default the current one.
        env: additions to `base`; nothing else is inherited.
        ready: probe that `start` waits for; None: `start` returns at once.
        ready_timeout: seconds that the probe may take to pass; what a busy machine adds does not count.
        grace: seconds between SIGTERM and SIGKILL in `stop`.
        port: the port; by default a free one, chosen at each start.
        fork_server: who starts it; by default this process's own.
        base: environment that every service gets; by default `base_environment()`.

    Use it as a context manager, or call `start` and `stop`.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        name: str | None = None,
        cwd: Path | str | None = None,
        env: Mapping[str, str] | None = None,
        ready: Readiness | None = None,
        ready_timeout: float = 15.0,
        grace: float = 5.0,
        port: int | None = None,
        fork_server: ForkServer | None = None,
        base: Mapping[str, str] | None = None,
    ) -> None:
        """Describe the service; nothing runs yet."""
        self._argv = tuple(argv)
        self._env = dict(env or {})
        self._base = base
        self._cwd = Path(cwd) if cwd is not None else Path.cwd()
        self._ready = ready
        self._ready_timeout = ready_timeout
        self._grace = grace
        self._fixed_port = port
        self._fork_server = fork_server
        self._process: Process | None = None
        self._folder: Path | None = None
        self.name = name or next((a for a in argv[1:] if not a.startswith("-")), argv[0]).partition(":")[0]
        self.port = port or 0

    def start(self) -> Service:
        """Start it and wait until it is ready.

        Raises:
            UsageError: a port was asked for, and something listens there already.
            ServiceExited: it ended before it was ready.
            ServiceNotReady: the probe did not pass within `ready_timeout`; the service was stopped.
            FoodCourtError: it got no core for so long that nobody can tell; likewise.
        """
        if self.running:
            return self
        for attempt in range(3):
            self._launch()
            try:
                self._wait_until_ready()
            except ServiceExited as error:
                # Between choosing a port and binding it, somebody else may have taken it.
                if self._fixed_port is None and attempt < 2 and _PORT_TAKEN.search(error.tail):
                    continue
                raise
            except BaseException:
                self.kill()
                raise
            return self
        raise AssertionError("unreachable")

    def _launch(self) -> None:
        server = self._fork_server or shared_fork_server(self._argv[0])
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="service-", dir=server.folder))
        if self._process is not None:
            self._process.close()
        self.port = self._fixed_port or free_port()
        if self._fixed_port and not is_free(self._fixed_port):  # or whatever listens there would be taken for ready
            raise UsageError(
                f"expected port {self.port} to be free for {self.name}, but something listens there already\n"
                f"stop that (lsof -i :{self.port} names it), or start {self.name} on another port"
            )
        self._process = server.launch(
            self._substituted(self._argv),
            cwd=self._cwd,
            env={**(base_environment() if self._base is None else self._base), **self._environment()},
            log=self.log_path,
        )

    def _substituted(self, words: Sequence[str]) -> list[str]:
        return [word.replace("{port}", str(self.port)) for word in words]

    def _environment(self) -> dict[str, str]:
        return dict(zip(self._env, self._substituted(list(self._env.values())), strict=True))

    def _wait_until_ready(self) -> None:
        if self._ready is None or self._process is None:
            return
        deadline, most = time.monotonic() + self._ready_timeout, 2 * self._ready_timeout
        pause = 0.004
        while self._process.wait(pause) is None:
            if self._ready(self):
                return
            late = time.monotonic() - deadline
            if late >= 0 and late >= min(most, waited := self._starved()):
                if waited >= most and not (self._fork_server and self._fork_server.crowded):
                    raise too_busy(f"{self.name} to be ready", self._ready_timeout + most)
                raise ServiceNotReady(
                    f"expected {self.name} to be ready within {self._ready_timeout:g} s ({self._ready}), "
                    f"but it is not, although it runs",
                    service=self.name,
                    tail=self.logs(last=_TAIL_LINES),
                    log_path=self.log_path,
                )
            pause = min(pause * 1.3, 0.05)
        status = self._process.exit_status
        raise ServiceExited(
            f"expected {self.name} to start, but it ended with {describe_exit(status)}",
            service=self.name,
            status=status,
            tail=self.logs(last=_TAIL_LINES),
            log_path=self.log_path,
        )

    def _starved(self) -> float:
        """Give the seconds that it waited for a core, which are not its own.

        None, where it had a core for a third of its time: that is long enough to start, and for ever is too long.
        """
        if run_time(self.pid) >= self._ready_timeout / 3:
            return 0.0
        return waited(Share({}), Share.of(self.pid), main=self.pid)

    @property
    def url(self) -> str:
        """Where it listens, as `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process's id.

        Raises:
            FoodCourtError: it was never started.
        """
        if self._process is None:
            raise FoodCourtError(f"{self.name} was not started yet; call start() first")
        return self._process.pid

    @property
    def command(self) -> str:
        """The shell line that starts the same service by hand."""
        folder = [] if self._cwd == Path.cwd() else [f"cd {shlex.quote(str(self._cwd))} &&"]
        env = [f"{name}={shlex.quote(value)}" for name, value in self._environment().items()]
        return " ".join([*folder, *env, shlex.join(self._substituted(self._argv))])

    @property
    def log_path(self) -> Path:
        """The file that holds its output (and `<name>.1` beside it, once the log was rotated)."""
        if self._folder is None:
            raise FoodCourtError(f"{self.name} was not started yet; call start() first")
        return self._folder / f"{self.name.replace('/', '_')}.log"

    @property
    def running(self) -> bool:
        """Whether the process runs now."""
        return self._process is not None and self._process.wait(0) is None

    @property
    def exit_status(self) -> int | None:
        """The exit status; negative for the number of the signal that ended it; None while it runs."""
        return None if self._process is None else self._process.wait(0)

    @property
    def orphans(self) -> int:
        """How many processes it left behind when it ended; they were killed."""
        return 0 if self._process is None else self._process.orphans

    def logs(self, last: int | None = None) -> str:
        """Give its output so far as text, or the `last` lines of it. Undecodable bytes become U+FFFD."""
        text = read_log(self.log_path)
        return text if last is None else last_lines(text, last)

    def follow(self) -> Iterator[str]:
        """Give each line of output as it comes, until the service ends."""
        return follow(self.log_path, lambda: self.running)

    def signal(self, number: int) -> None:
        """Send it a signal."""
        if self._process is not None:
            self._process.signal(number)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait up to `timeout` seconds for its end; the exit status, or None if it still runs."""
        return None if self._process is None else self._process.wait(timeout)

    def stop(self, grace: float | None = None) -> int | None:
        """Ask it to end (SIGTERM), kill it after `grace` seconds, and take all its children with it.

        Returns:
            The exit status, or None if it was never started.
        """
        if self._process is None:
            return None
        grace = self._grace if grace is None else grace
        self._process.signal(signal.SIGTERM, kill_after=grace)
        return self._process.wait(grace + 10)

    def kill(self) -> None:
        """End it and all its children at once (SIGKILL)."""
        if self._process is not None:
            self._process.signal(signal.SIGKILL)
            self._process.wait(10)

    def restart(self) -> Service:
        """Stop it and start it again; on the same port, if one was asked for or the service ran before."""
        self.stop()
        port, self._fixed_port = self._fixed_port, self.port or None
        try:
            return self.start()
        finally:
            self._fixed_port = port

    def close(self) -> None:
        """Stop it and remove its log."""
        self.stop()
        if self._process is not None:
            self._process.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Service:
        """Start it."""
        try:
            return self.start()
        except BaseException:
            with contextlib.suppress(FoodCourtError):
                self.kill()
            raise

    def __exit__(self, *_: object) -> None:
        """Stop it and remove its log."""
        self.close()


def describe_exit(status: int | None) -> str:
    """Say an exit status in words: `exit status 1`, or `SIGKILL (killed)`."""
    if status is None:
        return "no exit status"
    if status >= 0:
        return f"exit status {status}"
    try:
        number = signal.Signals(-status)
    except ValueError:
        return f"signal {-status}"
    return f"{number.name} ({signal.strsignal(number)})"
