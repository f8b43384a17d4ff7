"""What this machine has for the workbook, what it lacks, and the command that mends it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from foodcourt.errors import FoodCourtError, UsageError
from foodcourt.system import find_browser, install_command
from foodcourt.workbook import Workbook, find_workbook

if TYPE_CHECKING:
    from foodcourt.brokers import Kafka, RabbitMQ, Redis

__all__ = ["Finding", "State", "diagnose"]

_PROBE_SECONDS = 1.0
_SHOWN_PACKAGES = ("jupyterlab", "fastapi", "uvicorn", "httpx", "grpcio", "celery")
_SCARCE_DISK = 1 << 30


class State(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    NOTE = "note"
    """Something that only some chapters, the tests or instructors need is not there."""
    MISSING = "missing"
    """The course does not work without it, or not all of what everybody needs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about this machine.

    Attributes:
        name: what it is about.
        state: how it is to be taken.
        text: the fact.
        command: what to type to mend it, where there is such a command.
    """

    name: str
    state: State
    text: str
    command: str | None = None


def diagnose() -> Iterator[Finding]:
    """Look at everything, at the same time; give each finding, in order, as soon as it is there.

    Takes as long as RabbitMQ takes to start: some seconds.
    """
    looks = (_python, _workbook, _packages, _redis, _rabbitmq, _kafka, _sandbox, _browser, _docker, _machine)
    with ThreadPoolExecutor(max_workers=len(looks)) as pool:
        for finding in [pool.submit(look) for look in looks]:
            yield finding.result()


def _python() -> Finding:
    return Finding("Python", State.OK, f"{platform.python_version()} ({sys.executable})")


def _workbook() -> Finding:
    try:
        return Finding("workbook", State.OK, str(find_workbook().root))
    except UsageError as error:
        text, _, command = str(error).partition("\nnext: ")
        return Finding("workbook", State.MISSING, text, command)


def _packages() -> Finding:
    required = _requirements(metadata.requires("foodcourt") or [])
    missing = [requirement.name for requirement in required if _installed(requirement.name) is None]
    if missing:
        return Finding("packages", State.MISSING, f"not installed: {', '.join(missing)}", _reinstall())
    shown = ", ".join(f"{name} {_installed(name)}" for name in _SHOWN_PACKAGES)
    workbook = _workbook_or_none()
    lock = workbook.root / "requirements.lock" if workbook else None
    if lock is None or not lock.is_file():
        return Finding("packages", State.OK, shown)
    pins = [pin for pin in _requirements(lock.read_text(encoding="utf-8").splitlines()) if pin.specifier]
    other = [
        f"{pin.name} {have} (locked: {str(pin.specifier).removeprefix('==')})"
        for pin in pins
        if (have := _installed(pin.name)) is not None and have not in pin.specifier
    ]
    if other:
        return Finding("packages", State.NOTE, f"other versions than locked: {', '.join(other)}", _reinstall())
    return Finding("packages", State.OK, f"{shown}; all at their locked versions")


def _requirements(lines: Iterable[str]) -> list[Requirement]:
    """Read requirement lines, leaving out comments and what is for other platforms or for an extra."""
    parsed = [Requirement(line) for line in lines if line.strip() and not line.lstrip().startswith(("#", "-"))]
    return [found for found in parsed if found.marker is None or found.marker.evaluate({"extra": ""})]


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _workbook_or_none() -> Workbook | None:
    try:
        return find_workbook()
    except UsageError:
        return None


def _reinstall() -> str:
    workbook = _workbook_or_none()
    return f"make -C {workbook.root} setup" if workbook else "make setup, in the folder of the clone"


def _redis() -> Finding:
    from foodcourt.brokers import redis_broker

    return _broker("Redis", redis_broker, State.MISSING)


def _rabbitmq() -> Finding:
    from foodcourt.brokers import rabbitmq_broker

    return _broker("RabbitMQ", rabbitmq_broker, State.NOTE, "chapter 07 needs it: ")


def _kafka() -> Finding:
    from foodcourt.brokers import kafka_broker

    return _broker("Kafka", kafka_broker, State.NOTE, "chapters 08 to 10 need it: ")


def _broker(
    name: str, run: Callable[[], AbstractContextManager[Redis | RabbitMQ | Kafka]], without: State, needed: str = ""
) -> Finding:
    started = time.monotonic()
    try:
        with run() as broker:
            seconds = time.monotonic() - started
            how = "starts" if broker.service else "answers"
            return Finding(name, State.OK, f"{how} in {seconds:.1f} s: {broker.source}")
    except FoodCourtError as error:
        text, _, command = str(error).partition("\nnext: ")
        return Finding(name, without, needed + text, command)


def _sandbox() -> Finding:
    program = shutil.which("bwrap")
    if program is None:
        return Finding(
            "sandbox", State.NOTE, "no bubblewrap; grading a class needs it", install_command("bubblewrap")
        )
    problem = _try([program, "--ro-bind", "/", "/", "--proc", "/proc", "--unshare-all", "--die-with-parent", "true"])
    if problem is None:
        return Finding("sandbox", State.OK, f"bubblewrap works ({program})")
    return Finding("sandbox", State.NOTE, f"bubblewrap is installed but does not work here: {problem}")


def _try(argv: list[str]) -> str | None:
    try:
        done = subprocess.run(argv, capture_output=True, timeout=_PROBE_SECONDS, text=True, errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip() or f"exit status {done.returncode}"


def _browser() -> Finding:
    if found := find_browser():
        return Finding("browser for tests", State.OK, str(found))
    return Finding(
        "browser for tests", State.NOTE, "no Chromium; only `make test` needs it", install_command("chromium")
    )


def _docker() -> Finding:
    if found := shutil.which("docker"):
        return Finding("docker", State.OK, f"client at {found}")
    return Finding("docker", State.NOTE, "no client; only the full stack needs it", install_command("docker"))


def _machine() -> Finding:
    workbook = _workbook_or_none()
    free = shutil.disk_usage(workbook.root if workbook else Path.cwd()).free
    state = State.OK if free >= _SCARCE_DISK else State.NOTE
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Finding("machine", state, f"{cores} cores, {free / (1 << 30):.1f} GiB of disk free, {platform.platform()}")
