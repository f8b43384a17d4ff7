"""Is right work ever rejected? Grades every right submission again and again while all cores are kept busy.

    make soak
    make soak ARGS="--only ex1 --runs 5"

Verdicts are kept in `.foodcourt/proof/`; the next run does what is missing of those whose files and checker are the
same. Every rejection is printed with its check and its message.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from proof.choosing import add_only, chosen
from proof.graded import Graded, Job, grade_all
from proof.soaked import Soaked, rejections
from proof.store import FOLDER, Store


def main() -> int:
    """Grade, and say what was rejected."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__.splitlines()[0])
    add_only(parser)
    parser.add_argument("--runs", type=int, default=20, help="times that each submission is graded (default: 20)")
    parser.add_argument("--jobs", type=int, default=3, help="graders side by side (default: 3)")
    parser.add_argument("--burners", type=int, default=os.cpu_count(), help="busy loops (default: one for each core)")
    parser.add_argument("--name", default="", metavar="TEXT", help="just submissions whose name holds this")
    options = parser.parse_args()
    store = Store(FOLDER / "soak.jsonl")
    all_soaked: list[Soaked] = []
    todo: list[Job] = []
    for exercise in chosen(options.only):
        soaked = Soaked(exercise, options.runs, options.name)
        todo += [job for job in soaked.jobs if job.key not in store]
        all_soaked.append(soaked)

    def keep(graded: Graded) -> str:
        store.add(graded.as_json())
        return "\n".join(rejections(graded))

    todo.sort(key=lambda job: int(job.key.rpartition("#")[2]))  # all of them once, then all again
    with burning(options.burners):
        grade_all(todo, options.jobs, "right work, under load", keep)
    rejected = 0
    for soaked in all_soaked:
        runs = soaked.stored(store)
        count = sum(not graded.passed for graded in runs)
        print(f"{soaked.exercise.slug}: {count} of {len(runs)} rejected")
        rejected += count
    return 1 if rejected else 0


@contextmanager
def burning(count: int) -> Iterator[None]:
    """Keep so many cores busy meanwhile."""
    burners = [multiprocessing.get_context("spawn").Process(target=_burn, daemon=True) for _ in range(count)]
    for burner in burners:
        burner.start()
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.join()


def _burn() -> None:
    owner = multiprocessing.parent_process()
    while owner is not None and owner.is_alive():  # however that ends, nobody else would stop this
        sum(range(1_000_000))


if __name__ == "__main__":
    sys.exit(main())
