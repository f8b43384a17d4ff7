"""Is right work ever rejected? Grades every right submission again and again while both cores are kept busy.

    make soak

Prints a line for each submission, and every verdict that was not a pass with its message. Takes about half an hour.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from pathlib import Path

from foodcourt.catalog import exercises
from foodcourt.grading.grader import Grader
from foodcourt.grading.verdicts import Outcome
from foodcourt.workbook import Workbook

ROOT = Path(__file__).resolve().parents[2]


def burn() -> None:
    while True:
        sum(range(10_000))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20, help="times that each submission is graded")
    parser.add_argument("--burners", type=int, default=2, help="processes that keep a core busy each")
    parser.add_argument("--only", default="", metavar="TEXT", help="just submissions whose name holds this")
    options = parser.parse_args()
    burners = [multiprocessing.get_context("spawn").Process(target=burn, daemon=True) for _ in range(options.burners)]
    for burner in burners:
        burner.start()
    rejected = 0
    with Grader() as grader:
        for exercise in exercises(Workbook(ROOT)):
            for folder in sorted((ROOT / "tests" / "submissions" / exercise.slug / "right").iterdir()):
                if options.only not in folder.name:
                    continue
                began, passed = time.monotonic(), 0
                for _ in range(options.runs):
                    report = grader.grade(exercise, folder)
                    passed += report.passed
                    for check in report.checks:
                        if check.required and check.outcome is not Outcome.PASSED:
                            print(f"  {check.outcome} {check.id}: {check.message}")
                seconds = (time.monotonic() - began) / options.runs
                print(f"{exercise.slug} {folder.name}: {passed} of {options.runs}, {seconds:.1f} s each", flush=True)
                rejected += options.runs - passed
    for burner in burners:
        burner.kill()
    print(f"{rejected} rejected")
    return 1 if rejected else 0


if __name__ == "__main__":
    sys.exit(main())
