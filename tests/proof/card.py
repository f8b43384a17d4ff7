"""The report card as text: the same figures give the same text, so that a diff shows what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proof.corpus import Judged
from proof.graded import Graded
from proof.mistakes import Naming
from proof.survivors import Survivor
from proof.tally import Tally

__all__ = ["Circumstances", "Figures", "render"]

_NONE = "not measured"


@dataclass(frozen=True)
class Figures:
    """What was measured of one exercise.

    Attributes:
        slug: the exercise.
        right: its right submissions with their verdicts.
        wrong: its wrong ones.
        mutants: how its mutants fared; None when none was graded.
        known: the table of survivors, for when there is nothing newer.
        soak: the verdicts on right work under load; empty when there are none.
        seconds: median time of a verdict on the solution; None when it was not taken.
    """

    slug: str
    right: Sequence[Judged]
    wrong: Sequence[Judged]
    mutants: Tally | None
    known: Sequence[Survivor]
    soak: Sequence[Graded]
    seconds: float | None


@dataclass(frozen=True)
class Circumstances:
    """When, where and by what it was measured."""

    date: str
    commit: str
    python: str
    system: str
    cores: int
    earlier_mutants: int = 0
    earlier_soak: int = 0


def render(figures: Sequence[Figures], circumstances: Circumstances) -> str:
    """Write the whole card."""
    rows = [_row(exercise) for exercise in figures]
    table = [
        "| exercise | right work accepted | wrong work caught | its mistake named | mutants caught "
        "| right work rejected under load | a verdict takes |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *rows,
    ]
    parts = [
        _HEAD,
        "\n".join(table),
        _COLUMNS,
        "## Where it falls short",
        _bullets(line for exercise in figures for line in _shortfalls(exercise)) or "Nowhere in what was measured.",
        "## Mutants that survive",
        _SURVIVE,
        *(part for exercise in figures for part in _survivors(exercise)),
        "## How it was measured",
        _measured(circumstances),
        "## What the figures do not show",
        _LIMITS,
    ]
    return "\n\n".join(parts) + "\n"


def _row(exercise: Figures) -> str:
    accepted = sum(judged.as_expected for judged in exercise.right)
    caught = sum(judged.as_expected for judged in exercise.wrong)
    named = Counter(judged.naming for judged in exercise.wrong)
    naming = _NONE
    if exercise.wrong:
        naming = f"{named[Naming.RIGHT]} right, {named[Naming.NOT]} not named, {named[Naming.WRONG]} wrong"
    rejected = sum(not graded.passed for graded in exercise.soak)
    cells = [
        f"`{exercise.slug}`",
        _of(accepted, exercise.right),
        _of(caught, exercise.wrong),
        naming,
        _mutants(exercise.mutants),
        _of(rejected, exercise.soak),
        _NONE if exercise.seconds is None else f"{exercise.seconds:.1f} s",
    ]
    return "| " + " | ".join(cells) + " |"


def _of(count: int, everything: Sequence[object]) -> str:
    return f"{count} of {len(everything)}" if everything else _NONE


def _mutants(tally: Tally | None) -> str:
    if tally is None:
        return _NONE
    text = f"{tally.caught} of {tally.wrong} ({tally.share:.1%})"
    if tally.ungraded:
        text += f", {tally.ungraded} of {tally.total} not graded"
    return text


def _shortfalls(exercise: Figures) -> Iterable[str]:
    slug = exercise.slug
    kinds = {"right work": exercise.right, "wrong work": exercise.wrong, "mutants": exercise.mutants}
    kinds |= {"right work under load": exercise.soak, "the time of a verdict": exercise.seconds}
    if missing := [kind for kind, figure in kinds.items() if not figure]:
        yield f"`{slug}`: not measured since the last change: {', '.join(missing)}"
    for what, submissions in (("right", exercise.right), ("wrong", exercise.wrong)):
        for judged in submissions:
            graded = judged.graded
            if not judged.as_expected:
                seen = ", ".join([*graded.failed, *graded.errors]) or "nothing"
                yield f"`{slug}`: {what} `{graded.name}` is not judged as it should be: {seen} failed"
    for judged in exercise.wrong:
        match judged.naming:
            case Naming.WRONG:
                yield f"`{slug}`: `{judged.graded.name}` is told a mistake it does not make: {judged.strangers[0]}"
            case Naming.NOT:
                yield f"`{slug}`: `{judged.graded.name}` is told no mistake ({judged.expected['mistake']})"
    for graded in exercise.soak:
        if not graded.passed:
            yield f"`{slug}`: right `{graded.name}` was rejected under load: {', '.join(graded.messages)}"
    if exercise.mutants is not None:
        for graded in exercise.mutants.errors:
            yield f"`{slug}`: the grader broke on the mutant {graded.name}"
        missed = exercise.mutants.wrong - exercise.mutants.caught
        if missed:
            yield f"`{slug}`: {missed} wrong or unexplained mutants pass; see below"


def _survivors(exercise: Figures) -> Iterable[str]:
    tally, survivors = exercise.mutants, exercise.known
    yield f"### {exercise.slug}"
    if tally is None:
        yield f"{_NONE.capitalize()} since the last change" + ("; these survived before." if survivors else ".")
    else:
        survivors = tally.survivors
        yield (
            f"{tally.total} mutants; {tally.killed} are caught by a required check, {len(tally.by_stretch)} by a "
            f"stretch check alone, {len(survivors)} survive."
        )
        if tally.by_stretch:
            yield "Caught by a stretch check alone:"
            yield _bullets(f"{change} ({', '.join(checks)})" for change, checks in tally.by_stretch.items())
    if survivors:
        head = ["| mutant | kind | why it passes |", "| --- | --- | --- |"]
        yield "\n".join([*head, *map(_survivor, survivors)])


def _survivor(survivor: Survivor) -> str:
    change = str(survivor.change).replace("|", r"\|")
    return f"| {change} | {survivor.kind or 'unexplained'} | {survivor.reason} |"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _measured(now: Circumstances) -> str:
    lines = [
        f"On {now.date}, at commit {now.commit}, with Python {now.python} on {now.system}, {now.cores} cores.",
        "`make report-card` graded all right and wrong submissions, several side by side, and then each solution "
        "alone for the time that a verdict takes: the median of 5, with the grader's parents already started.",
        "`make mutants` and `make soak` graded the rest; their verdicts were stored and are counted here as far as "
        "submission and checker are still the same.",
    ]
    if now.earlier_mutants or now.earlier_soak:
        lines.append(
            f"The engine has changed since {now.earlier_mutants} of the verdicts on mutants and "
            f"{now.earlier_soak} of those under load."
        )
    return _bullets(lines)


_HEAD = """\
# The grader's report card

How often is our grader right? These figures are measured; `make report-card` writes this page, nobody by hand."""

_COLUMNS = """\
- **Right work accepted**: submissions under `tests/submissions/<exercise>/right/` that get all points, and the stated
  bonus.
- **Wrong work caught**: those under `wrong/` on which exactly the stated checks fail, no more and no fewer.
- **Its mistake named**: whether the *likely mistake* lines of the report fit what the work gets wrong. One line that
  does not fit counts as wrong, whatever else is told.
- **Mutants caught**: the solution with one thing changed in it; of those that are wrong by the contract, how many
  some check catches.
- **Right work rejected under load**: right submissions graded again and again while every core is kept busy.
- **A verdict takes**: seconds for the solution, with nothing else being graded."""

_SURVIVE = """\
A mutant that passes is no fault when it is still right work: *equivalent*, when nobody who uses it can tell, or
*outside the contract*, when somebody can but the contract leaves it open. *missed* is wrong work that we let pass.
Changes to comments, docstrings, type annotations, log messages and the text of a `detail` are left out beforehand."""

_LIMITS = """\
- The right and wrong submissions were written by the people who wrote the checkers. Real learners will find ways,
  right and wrong, that nobody here thought of; no figure on this page says how often.
- The checkers were improved until they caught the wrong submissions. Those show that nothing was lost since, not how
  a mistake fares that was never seen. Mutants come nearer to that: nobody chose them.
- A mutant changes one thing in good work. Learners get several things wrong at once.
- Whether a survivor is still right work is a person's judgement, given with its reason above.
- No rejection in N runs under load does not mean never: with none in N, the rate is below 3/N (at 95 % confidence).
- Load here means busy cores on one machine. Slow disks, little memory and other systems were not measured.
- Nothing here says whether the messages and hints help; it says whether they are true."""
