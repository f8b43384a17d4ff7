"""Do the checks see what is wrong? Grades every mutant of every solution, and asks which pass.

    make mutants
    make mutants ARGS="--only ex1 --jobs 2"

A mutant is killed when a required check fails, or a stretch check, which the solution passes too. Verdicts are kept
in `.foodcourt/proof/`; the next run grades only mutants that are new or whose solution or checker has changed.
Survivors go into `tests/proof/survivors.toml`, where a person says of each why it may survive.
"""

from __future__ import annotations

import argparse
import sys

from proof.choosing import add_only, chosen
from proof.graded import Graded, Job, grade_all
from proof.survivors import read_table, with_found, write_table
from proof.tally import Fate, Field, Tally, fate, tally

WANTED = 0.95


def main() -> int:
    """Grade, count, and say what is left to do."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__.splitlines()[0])
    add_only(parser)
    parser.add_argument("--jobs", type=int, default=2, help="graders side by side (default: 2)")
    parser.add_argument("--limit", type=int, metavar="N", help="grade at most N mutants of each exercise")
    parser.add_argument("--list", action="store_true", help="show the mutants, and grade none")
    parser.add_argument("--again", action="store_true", help="grade those with a stored verdict too")
    options = parser.parse_args()
    table = read_table()
    tallies: dict[str, Tally] = {}
    for exercise in chosen(options.only):
        field = Field(exercise)
        if options.list:
            for mutant in field.mutants.values():
                print(mutant.change)
            continue
        _grade(field, options.jobs, options.limit, options.again)
        found = tally(field, table.get(exercise.slug, []))
        order = [mutant.change for mutant in field.mutants.values()]
        table[exercise.slug] = with_found(
            table.get(exercise.slug, []), [survivor.change for survivor in found.survivors], order
        )
        tallies[exercise.slug] = found
    if options.list:
        return 0
    write_table(table)
    for slug, found in tallies.items():
        _print(slug, found)
    met = all(_is_met(found) for found in tallies.values())
    print("\nevery goal is met" if met else f"\nnot yet: {WANTED:.0%} killed, no survivor unexplained, no error")
    return 0 if met else 1


def _grade(field: Field, jobs: int, limit: int | None, again: bool) -> None:
    store, slug = field.store, field.exercise.slug
    todo = [key for key in field.mutants if again or key not in store]
    if limit is not None:
        todo = todo[:: max(1, len(todo) // max(1, limit))][:limit]  # from all over the solution

    def keep(graded: Graded) -> str:
        store.add(graded.as_json())
        outcome = fate(graded)
        return f"{outcome}: {graded.name}" if outcome in (Fate.SURVIVED, Fate.ERROR) else ""

    mutants = [field.mutants[key] for key in todo]
    grade_all(
        [
            Job(key, str(mutant.change), slug, field.exercise.solution, {mutant.change.file: mutant.text})
            for key, mutant in zip(todo, mutants, strict=True)
        ],
        jobs,
        f"mutants of {slug}",
        keep,
    )


def _is_met(found: Tally) -> bool:
    return found.share >= WANTED and not found.unexplained and not found.errors and not found.ungraded


def _print(slug: str, found: Tally) -> None:
    print(
        f"\n{slug}: {found.caught} of {found.wrong} killed ({found.share:.1%}); {found.total} mutants, "
        f"{len(found.survivors)} survive, {found.wrong - found.caught} of them are wrong work or unexplained"
    )
    for change, checks in found.by_stretch.items():
        print(f"  killed by {', '.join(checks)} alone: {change}")
    for graded in found.errors:
        print(f"  the grader broke: {graded.name}\n    " + "\n    ".join(graded.messages.values()))
    for survivor in found.unexplained:
        print(f"  unexplained: {survivor.change}")
    for survivor in found.stale:
        print(f"  in the table, but no survivor any more: {survivor.change}")
    if found.ungraded:
        print(f"  {found.ungraded} not graded yet")
    if found.earlier:
        print(f"  {found.earlier} verdicts are of an earlier engine; --again grades anew")


if __name__ == "__main__":
    sys.exit(main())
