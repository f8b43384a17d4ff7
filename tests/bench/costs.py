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

from foodcourt.catalog import Exercise

__all__ = ["Cost", "check_command", "run_cold", "watched"]

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cost:
    """Seconds of wall time and of CPU."""

    wall: float
    cpu: float


def check_command(exercise: Exercise, folder: Path) -> list[str]:
    """Give the command that grades a folder."""
    foodcourt = Path(sys.executable).parent / "foodcourt"
    return [str(foodcourt), "check", f"ex{exercise.number}", "--submission", str(folder)]


def run_cold(command: list[str], exercise: Exercise) -> Cost:
    """Run a command to its end; exits when it fails, as there is nothing to compare then."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=_env(exercise), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{output.decode()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime)


def watched(exercise: Exercise, runs: int) -> float:
    """Save a file of a watched solution several times; give the median seconds from a save to its verdict."""
    with tempfile.TemporaryDirectory() as temp:
        folder = shutil.copytree(exercise.solution, Path(temp) / "work", ignore=shutil.ignore_patterns("__pycache__"))
        source = folder / exercise.files[0]
        process = subprocess.Popen(
            [*check_command(exercise, folder), "--watch"],
            cwd=ROOT,
            env=_env(exercise),
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


def _env(exercise: Exercise) -> dict[str, str]:
    return {**os.environ, "SUBMISSION": str(exercise.solution), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
