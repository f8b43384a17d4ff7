"""What a verdict costs: `foodcourt check` beside a hand-written pytest file that does the same required checks.

    make bench
    make bench ARGS="--only ex1 --runs 3"
    make bench ARGS="--only class --size 20 --size 300"

Every exercise that has a `handwritten_<ex>.py` in this folder is measured. Both grade the solution, in turn, so that
a machine whose speed drifts changes both alike. Printed are medians: wall time, and what the cores worked meanwhile,
so nothing else may run. Then a class is graded, beside the hand-written file run for each submission by `xargs -P2`.
Quote the ratios; the seconds are this machine's, and the limits are for 2 idle cores.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

import whole_class
from costs import Cost, check_command, run_cold, twin, twin_command, watched
from rows import Row

from foodcourt.catalog import Exercise, exercises, find_exercise
from foodcourt.workbook import Workbook

ROOT = Path(__file__).resolve().parents[2]
COLD_LIMITS_S = {1: 2.5, 2: 4.0, 3: 3.5, 4: 6.0}
WATCH_LIMITS_S = {1: 1.0}
"""From save to verdict; where there is none, as long as cold."""
LIMIT_RATIO = 0.6
"""Of the time that a learner waits; what the cores work meanwhile is told beside it."""


def measure(exercise: Exercise, runs: int) -> list[Row]:
    """Run both in turn, and then the watch."""
    commands = {"ours": check_command(exercise, exercise.solution), "theirs": twin_command(exercise)}
    costs: dict[str, list[Cost]] = {"ours": [], "theirs": []}
    for number in range(runs + 1):  # the first does not count: files are not in memory yet
        for who, command in commands.items():
            cost = run_cold(command, exercise)
            if number:
                costs[who].append(cost)
        if number:
            ours, theirs = costs["ours"][-1], costs["theirs"][-1]
            print(f"  run {number} of {runs}: {ours.wall:.2f} s beside {theirs.wall:.2f} s", flush=True)
    wall, cpu = (
        {who: statistics.median(getattr(cost, kind) for cost in costs[who]) for who in costs}
        for kind in ("wall", "cpu")
    )
    cold = COLD_LIMITS_S.get(exercise.number)
    return [
        Row("cold, wall, foodcourt check", wall["ours"], " s", cold),
        Row("cold, wall, hand-written pytest", wall["theirs"], " s"),
        Row("ratio of wall times", wall["ours"] / wall["theirs"], "", LIMIT_RATIO),
        Row("cold, CPU, foodcourt check", cpu["ours"], " s"),
        Row("cold, CPU, hand-written pytest", cpu["theirs"], " s"),
        Row("ratio of CPU times", cpu["ours"] / cpu["theirs"], ""),
        Row("save to verdict, --watch", watched(exercise, runs), " s", WATCH_LIMITS_S.get(exercise.number, cold)),
    ]


def main() -> int:
    """Measure, and say which limit is missed."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="runs that count, after one that does not (default: 5)")
    parser.add_argument("--only", action="append", metavar="EX", help="only this exercise, such as ex1, or `class`")
    parser.add_argument(
        "--size", action="append", type=int, help="submissions in the class (default: 20); several compare"
    )
    options = parser.parse_args()
    met = True
    for exercise in exercises(Workbook(ROOT)):
        if (options.only and f"ex{exercise.number}" not in options.only) or not twin(exercise).exists():
            continue
        print(exercise.slug, flush=True)
        rows = measure(exercise, options.runs)
        print(*rows, sep="\n", flush=True)
        met = met and all(row.met for row in rows)
    if not options.only or "class" in options.only:
        print("a class", flush=True)
        rows = whole_class.measure(find_exercise("ex1", Workbook(ROOT)), options.size or [20])
        print(*rows, sep="\n", flush=True)
        met = met and all(row.met for row in rows)
    print("every limit is kept" if met else "a limit is missed; on a busy machine, run it again")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
