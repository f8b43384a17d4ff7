"""Running a command and counting what it costs, its child processes included."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from machine import busy

from foodcourt.catalog import Exercise

__all__ = ["Cost", "check_command", "run", "run_cold", "twin", "twin_command", "watched"]

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cost:
    """What a command took.

    Attributes:
        wall: seconds until it ended.
        cpu: seconds that the cores of this machine worked meanwhile.
        memory: MiB of the largest of them.
    """

    wall: float
    cpu: float
    memory: float


def twin(exercise: Exercise) -> Path:
    """Give the hand-written twin of a checker, whether it is there or not."""
    return ROOT / "tests" / "bench" / f"handwritten_ex{exercise.number}.py"


def twin_command(exercise: Exercise) -> list[str]:
    """Give the command that has the twin grade the folder that SUBMISSION names."""
    pytest = [str(Path(sys.executable).parent / "pytest"), "-q", "--config-file=/dev/null", "-pno:cacheprovider"]
    return [*pytest, f"--rootdir={ROOT / 'tests' / 'bench'}", str(twin(exercise))]


def check_command(exercise: Exercise, folder: Path) -> list[str]:
    """Give the command that grades a folder."""
    foodcourt = Path(sys.executable).parent / "foodcourt"
    return [str(foodcourt), "check", f"ex{exercise.number}", "--submission", str(folder)]


def run_cold(command: list[str], exercise: Exercise) -> Cost:
    """Run a command that grades the solution; exits when it fails, as there is nothing to compare then."""
    return run(command, SUBMISSION=str(exercise.solution))


def run(command: list[str], stdin: str = "", **variables: str) -> Cost:
    """Run a command to its end; exits when it fails."""
    began, worked = time.perf_counter(), busy()
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output:
        given.write(stdin.encode())
        given.seek(0)
        process = subprocess.Popen(
            command, cwd=ROOT, env=_env(variables), stdin=given, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            output.seek(0)
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{output.read().decode()}")
    return Cost(wall, busy() - worked, usage.ru_maxrss / 1024)


def watched(exercise: Exercise, runs: int) -> float:
    """Save a file of a watched solution several times; give the median seconds from a save to its verdict."""
    with tempfile.TemporaryDirectory() as temp:
        folder = shutil.copytree(exercise.solution, Path(temp) / "work", ignore=shutil.ignore_patterns("__pycache__"))
        source = folder / exercise.files[0]
        process = subprocess.Popen(
            [*check_command(exercise, folder), "--watch"],
            cwd=ROOT,
            env=_env({}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        assert process.stdout is not None
        lines = iter(process.stdout)
        try:
            _wait_for("passed: 100 of 100", lines)
            _wait_for("watching ", lines)
            seconds = []
            for number in range(runs):
                time.sleep(0.2)  # a person is not faster; it also lets the watcher settle
                began = time.perf_counter()
                source.write_text(source.read_text(encoding="utf-8") + f"# saved {number}\n", encoding="utf-8")
                _wait_for("passed: 100 of 100", lines)
                seconds.append(time.perf_counter() - began)
                _wait_for("watching ", lines)
        finally:
            process.terminate()
            process.wait()
        return statistics.median(seconds)


def _wait_for(text: str, lines: Iterator[str]) -> None:
    if not any(text in line for line in lines):
        sys.exit("the watch ended by itself")


def _env(variables: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **variables}
