"""Write docs/report-card.md from measured runs.

    make report-card
    make report-card ARGS="--only ex1 --jobs 2"

Grades all right and wrong submissions with the checkers and the engine as they are now; verdicts that were given by
the same before are not asked for again. Mutants and soak are taken from what `make mutants` and `make soak` stored.
With `--only`, other exercises are on the card with what was measured before.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
from datetime import date

from foodcourt.catalog import Exercise
from foodcourt.grading.grader import Grader
from proof.card import Circumstances, Figures, render
from proof.choosing import add_only, chosen
from proof.corpus import Judged, corpus_jobs, judged
from proof.graded import Graded, Job, grade_all
from proof.soaked import Soaked
from proof.store import FOLDER, ROOT, Store, checker_digest, engine_digest, submission_digest
from proof.survivors import Survivor, read_table
from proof.tally import Field, Tally, tally

CARD = ROOT / "docs" / "report-card.md"
TIMED_RUNS = 5


def main() -> int:
    """Measure what is missing, and write."""
    parser = argparse.ArgumentParser(prog="make report-card", description=__doc__.splitlines()[0])
    add_only(parser)
    parser.add_argument("--stored", action="store_true", help="grade nothing; write what was measured before")
    parser.add_argument("--jobs", type=int, default=2, help="graders side by side (default: 2)")
    options = parser.parse_args()
    store = Store(FOLDER / "card.jsonl")
    measured = () if options.stored else chosen(options.only)
    jobs = [job for exercise in measured for kind in ("right", "wrong") for job in corpus_jobs(exercise, kind)]

    def keep(graded: Graded) -> str:
        store.add(graded.as_json())
        return ""

    grade_all([job for job in jobs if job.key not in store], options.jobs, "right and wrong work", keep)
    for exercise in measured:
        if _timing_key(exercise) not in store:
            store.add({"key": _timing_key(exercise), "seconds": _seconds(exercise)})
    figures = [_figures(exercise, store) for exercise in chosen(None)]
    CARD.write_text(render(figures, _circumstances(figures)), encoding="utf-8")
    print(f"written: {CARD.relative_to(ROOT)}")
    return 0


def _figures(exercise: Exercise, store: Store) -> Figures:
    known = read_table().get(exercise.slug, [])
    return Figures(
        slug=exercise.slug,
        right=_judged(corpus_jobs(exercise, "right"), store),
        wrong=_judged(corpus_jobs(exercise, "wrong"), store),
        mutants=_mutants(exercise, known),
        known=known,
        soak=Soaked(exercise).stored(Store(FOLDER / "soak.jsonl")),
        seconds=(store.get(_timing_key(exercise)) or {}).get("seconds"),
    )


def _judged(jobs: list[Job], store: Store) -> list[Judged]:
    """All of them, or none as long as one is missing."""
    results = [store.get(job.key) for job in jobs]
    return [judged(job, Graded.read(result)) for job, result in zip(jobs, results, strict=True) if all(results)]


def _mutants(exercise: Exercise, known: list[Survivor]) -> Tally | None:
    found = tally(Field(exercise), known)
    return None if found.ungraded == found.total else found


def _timing_key(exercise: Exercise) -> str:
    checker = checker_digest(exercise.checker) + engine_digest()
    return "time " + submission_digest(exercise.solution, checker)


def _seconds(exercise: Exercise) -> float:
    """The median time of a verdict on the solution, graded alone by a grader that has graded before."""
    with Grader() as grader:
        seconds = [grader.grade(exercise, exercise.solution).duration_s for _ in range(1 + TIMED_RUNS)]
    return statistics.median(seconds[1:])


def _circumstances(figures: list[Figures]) -> Circumstances:
    engine = engine_digest()
    changed = _git("status", "--porcelain", "--untracked-files=no")
    return Circumstances(
        date=date.today().isoformat(),
        commit=_git("rev-parse", "--short", "HEAD") + (" and changes to it" if changed else ""),
        python=platform.python_version(),
        system=platform.system(),
        cores=os.cpu_count() or 1,
        earlier_mutants=sum(exercise.mutants.earlier for exercise in figures if exercise.mutants),
        earlier_soak=sum(graded.engine != engine for exercise in figures for graded in exercise.soak),
    )


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
