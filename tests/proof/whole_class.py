"""Is a class graded right, whatever is killed meanwhile? Grades one of right, wrong and hostile work three times.

    make class
    make class ARGS="--size 40 --seed 7"

In one go; again, killed with -9 every 20 seconds and resumed; and again on a farm of three workers, of which one is
killed every 10 seconds, while Redis is restarted once. Every verdict is held against what is known of the work, and
against the first grading's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hostile import Attack, attacks
from machine import busy

from foodcourt.batch.farm.signing import SECRET_VARIABLE
from foodcourt.brokers.redis import RedisReady, find_servers
from foodcourt.catalog import Exercise
from foodcourt.processes import Service
from foodcourt.reports.result_paths import result_path
from proof.choosing import add_only, chosen, submissions

FOODCOURT = str(Path(sys.executable).with_name("foodcourt"))
KILLED_EVERY_S, WORKER_KILLED_EVERY_S, REDIS_RESTARTED_AFTER_S = 20.0, 10.0, 60.0
WORKERS = 3
IDLE_RUNS = 3
"""How many runs may end without a verdict before one is left alone until it has one: some work takes a minute."""


@dataclass(frozen=True)
class Known:
    """One learner's work, and what is known of it."""

    learner: str
    slug: str
    source: str
    expected: dict[str, Any]
    attack: Attack | None

    def wrongly(self, report: dict[str, Any] | None) -> str:
        """Say what is wrong with a verdict; nothing, where it is right."""
        if self.attack and self.attack.refused:
            return "graded, though it is no submission" if report else ""
        if report is None:
            return "no verdict"
        outcomes = {check["id"]: check["outcome"] for check in report["checks"] if check["required"]}
        if "error" in outcomes.values():
            return "an error of ours"
        if self.attack:
            most = (self.attack.max_score, self.attack.max_bonus)
            return "" if report["score"] <= most[0] and report["bonus"] <= most[1] else f"{report['score']} points"
        failed = {id_ for id_, outcome in outcomes.items() if outcome == "failed"}
        unlike = failed ^ set(self.expected.get("fails", ()))
        return f"failed or not, against what is known: {', '.join(sorted(unlike))}" if unlike else ""


def hand_in(exercises: tuple[Exercise, ...], folder: Path, size: int, seed: int) -> list[Known]:
    """Fill the folder of a class; the same again for the same seed. No two works are the same."""
    stock = [(exercise, "right", exercise.solution) for exercise in exercises]
    for exercise in exercises:
        for kind in ("right", "wrong"):
            stock += [(exercise, kind, path) for path in submissions(exercise, kind)]
        stock += [(exercise, "hostile", attack) for attack in attacks() if attack.slug == exercise.slug]
    dice = random.Random(seed)
    drawn = dice.sample(stock, min(size, len(stock))) + dice.choices(stock, k=max(0, size - len(stock)))
    known = []
    for number, (exercise, kind, source) in enumerate(drawn):
        learner = f"learner_{number:03}"
        work = folder / learner / exercise.slug
        attack = source if isinstance(source, Attack) else None
        if isinstance(source, Attack):
            work.parent.mkdir(parents=True)
            source.assemble(work)
        else:
            shutil.copytree(source, work, ignore=shutil.ignore_patterns("__pycache__", "expect.toml"))
        (work / "NOTES.txt").write_text(f"{learner}\n", encoding="utf-8")
        file = source.folder / "expect.toml" if isinstance(source, Attack) else source / "expect.toml"
        expected = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        name = source.id if isinstance(source, Attack) else f"{kind} {source.name}"
        known.append(Known(learner, exercise.slug, name, expected, attack))
    return known


def verdicts(known: list[Known], out: Path) -> dict[str, dict[str, Any]]:
    """Read the reports there are, by learner."""
    found = {}
    for one in known:
        path = result_path(out, one.learner, one.slug)
        if path.exists():
            found[one.learner] = json.loads(path.read_text(encoding="utf-8"))
    return found


def in_one_go(command: list[str], known: list[Known], out: Path) -> str:
    """Grade; nothing happens meanwhile."""
    _ended(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).wait())
    return ""


def killed(command: list[str], known: list[Known], out: Path) -> str:
    """Grade, killed with -9 again and again."""
    finished: dict[str, dict[str, Any]] = {}
    again: set[str] = set()
    resume: list[str] = []
    kills = idle = spared = 0
    while True:
        process = subprocess.Popen(command + resume, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        resume = ["--resume"]
        with suppress(subprocess.TimeoutExpired):
            process.wait(KILLED_EVERY_S)
        if idle >= IDLE_RUNS:
            spared += 1
            while process.poll() is None and len(verdicts(known, out)) == len(finished):
                time.sleep(0.5)
        ended = process.poll() is not None
        if not ended:
            process.kill()
            process.wait()
            kills += 1
        found = verdicts(known, out)
        again |= {learner for learner, report in finished.items() if report != found.get(learner)}
        idle = 0 if len(found) > len(finished) else idle + 1
        if ended:
            _ended(process.returncode)
            return f"killed {kills} times, {spared} of them late; graded twice: {' '.join(sorted(again)) or 'none'}"
        finished = found


def on_a_farm(command: list[str], known: list[Known], out: Path) -> str:
    """Grade with three workers; one of them is killed again and again, and Redis restarted once."""
    os.environ[SECRET_VARIABLE] = secrets.token_hex(32)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        redis = stack.enter_context(_redis(Path(folder)))
        farm = ["--farm", f"redis://127.0.0.1:{redis.port}/0"]
        start = [FOODCOURT, "worker", *farm, "--jobs", "1"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        workers = [subprocess.Popen(start, **quiet) for _ in range(WORKERS)]
        stack.callback(lambda: [worker.kill() or worker.wait() for worker in workers])
        began, kills, restarted = time.monotonic(), 0, False
        grader = subprocess.Popen(command[: command.index("--jobs")] + farm, **quiet)
        while True:
            try:
                _ended(grader.wait(WORKER_KILLED_EVERY_S))
                return f"{kills} workers killed, Redis restarted: {'yes' if restarted else 'no'}"
            except subprocess.TimeoutExpired:
                # Any of them: were it always the oldest, each would live 30 s, and what takes longer never be graded.
                victim = workers.pop(random.randrange(WORKERS))
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                workers.append(subprocess.Popen(start, **quiet))
                kills += 1
            if not restarted and time.monotonic() - began > REDIS_RESTARTED_AFTER_S:
                redis.restart()
                restarted = True


def _ended(status: int) -> None:
    if status not in (0, 1, 2):
        raise AssertionError(f"the grader ended with {status}")


@contextmanager
def _redis(folder: Path) -> Iterator[Service]:
    """Start a Redis that keeps on disk whatever it is told, and so has it again after a restart."""
    program = str(next(iter(find_servers())))
    keep = ["--dir", str(folder), "--appendonly", "yes", "--appendfsync", "always"]
    command = [program, "--port", "{port}", "--bind", "127.0.0.1", *keep]
    with Service(command, name="redis", ready=RedisReady()) as service:
        yield service


def main() -> int:
    """Grade three times, and say what was wrong."""
    parser = argparse.ArgumentParser(prog="make class", description=__doc__.splitlines()[0])
    add_only(parser)
    parser.add_argument("--size", type=int, default=300, help="submissions (default: 300)")
    parser.add_argument("--seed", type=int, default=1, help="another class for each (default: 1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="graded at a time (default: one a core)")
    parser.add_argument("--way", action="append", choices=sorted(WAYS), help="only so (default: all three)")
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as temp:
        known = hand_in(chosen(options.only), Path(temp) / "class", options.size, options.seed)
        first: dict[str, dict[str, Any]] | None = None
        for name in options.way or WAYS:
            out = Path(temp) / name
            command = [FOODCOURT, "grade", f"{temp}/class", "--out", str(out), "--jobs", str(options.jobs)]
            began, worked = time.monotonic(), busy()
            note = WAYS[name](command, known, out)
            wall, cpu = time.monotonic() - began, busy() - worked
            found = verdicts(known, out)
            print(
                f"{name}: {len(found)} verdicts in {wall:.0f} s, {cpu / len(known):.2f} s CPU each; {note}",
                flush=True,
            )
            wrong = {one.learner: one.wrongly(found.get(one.learner)) for one in known}
            first = found if first is None else first
            differing = {one.learner for one in known if _essence(found, one) != _essence(first, one)}
            for one in known:
                if wrong[one.learner] or one.learner in differing:
                    told = wrong[one.learner] or "differs from the first grading"
                    print(f"  {one.learner} ({one.slug}, {one.source}): {told}", flush=True)
                    bad += 1
    return 1 if bad else 0


def _essence(found: dict[str, dict[str, Any]], one: Known) -> object:
    """Give what has to be the same in each grading: of an attack, that there is a verdict."""
    report = found.get(one.learner)
    if report is None or one.attack:
        return report is None
    return sorted((check["id"], check["outcome"]) for check in report["checks"] if check["required"])


WAYS = {"in one go": in_one_go, "killed": killed, "on a farm": on_a_farm}

if __name__ == "__main__":
    sys.exit(main())
