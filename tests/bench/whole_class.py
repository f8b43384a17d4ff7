"""What grading a class costs: `foodcourt grade` under the sandbox, beside the hand-written file run by xargs."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from costs import Cost, run, twin_command
from rows import Row

from foodcourt.catalog import Exercise

__all__ = ["measure"]

JOBS = 2
LIMIT_CPU_S, LIMIT_WALL_S, LIMIT_RATIO = 0.8, 0.5, 0.25
LIMIT_GROWTH = 1.1
"""How much more a submission may cost in a class of another size, and how much larger the grader may get."""


def measure(exercise: Exercise, sizes: Sequence[int]) -> list[Row]:
    """Grade classes of so many submissions; the first size beside the twin, too."""
    size, *others = sizes
    ours, theirs = _ours(exercise, size), _theirs(exercise, size)
    rows = [
        Row(f"{size} submissions, CPU each", ours.cpu / size, " s", LIMIT_CPU_S),
        Row(f"{size} submissions, wall each", ours.wall / size, " s", LIMIT_WALL_S),
        Row("hand-written by xargs, CPU each", theirs.cpu / size, " s"),
        Row("hand-written by xargs, wall each", theirs.wall / size, " s"),
        Row("ratio of CPU times", ours.cpu / theirs.cpu, "", LIMIT_RATIO),
        Row("ratio of wall times", ours.wall / theirs.wall, "", LIMIT_RATIO),
        Row("largest process", ours.memory, " MiB"),
    ]
    for other in others:
        cost = _ours(exercise, other)
        rows += [
            Row(f"{other} submissions, CPU each", cost.cpu / other, " s", LIMIT_CPU_S),
            Row(f"{other} submissions, wall each", cost.wall / other, " s", LIMIT_WALL_S),
            Row(f"CPU each, beside {size}", cost.cpu / other / (ours.cpu / size), "", LIMIT_GROWTH),
            Row(f"largest process, beside {size}", cost.memory / ours.memory, "", LIMIT_GROWTH),
        ]
    return rows


def _ours(exercise: Exercise, size: int) -> Cost:
    with tempfile.TemporaryDirectory() as temp:
        submissions = Path(temp) / "class"
        _hand_in(exercise, submissions, size)
        foodcourt = str(Path(sys.executable).parent / "foodcourt")
        cost = run([foodcourt, "grade", str(submissions), "--out", f"{temp}/out", "--jobs", str(JOBS)])
        reports = [json.loads(path.read_text("utf-8")) for path in Path(temp, "out", "results").glob("*/*.json")]
        if [report["score"] for report in reports] != [exercise.max_score] * size:
            sys.exit("the solution did not get all points each time: there is nothing to compare")
        return cost


def _theirs(exercise: Exercise, size: int) -> Cost:
    with tempfile.TemporaryDirectory() as temp:
        folders = _hand_in(exercise, Path(temp), size)
        each = ["xargs", "-P", str(JOBS), "-I{}", "env", "SUBMISSION={}", *twin_command(exercise)]
        return run(each, stdin="".join(f"{folder}\n" for folder in folders))


def _hand_in(exercise: Exercise, into: Path, size: int) -> list[Path]:
    """Hand in the solution, each time with a comment of its own: what is the same is graded only once."""
    folders = []
    for number in range(size):
        folder = into / f"learner_{number:03}" / exercise.slug
        shutil.copytree(exercise.solution, folder, ignore=shutil.ignore_patterns("__pycache__"))
        with (folder / exercise.files[0]).open("a", encoding="utf-8") as file:
            file.write(f"# learner {number}\n")
        folders.append(folder)
    return folders
