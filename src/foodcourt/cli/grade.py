"""`foodcourt grade`: grades a class."""

from __future__ import annotations

import os
import queue
import shlex
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from foodcourt.cli.moments import Moment
from foodcourt.errors import UsageError

if TYPE_CHECKING:
    from foodcourt.batch.grade_class import Grade, Plan
    from foodcourt.batch.tasks import Task
    from foodcourt.catalog import Exercise
    from foodcourt.classroom.submissions import Classroom
    from foodcourt.grading.verdicts import Report
    from foodcourt.review.snapshot import Snapshot
    from foodcourt.similarity.pairs import SimilarPair
    from foodcourt.workbook import Workbook

__all__ = ["grade"]

T = TypeVar("T")
_TOLD = 20


@click.command(epilog="Example: foodcourt grade submissions --out results --jobs 4")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="OUT", help="Where results go.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="How many at a time; default: one a core.")
@click.option("--resume", is_flag=True, help="Go on: grade only what OUT has no result of.")
@click.option("--only", multiple=True, metavar="EX", help="Grade this exercise alone; may be given again.")
@click.option(
    "--roster", type=click.Path(path_type=Path), metavar="CSV", help="The class list: learner, name, id, email."
)
@click.option(
    "--due",
    type=Moment(),
    metavar="WHEN",
    help="Work is late if its newest file was changed later: 2026-01-31T12:00, or 2026-01-31 for that day's end.",
)
@click.option(
    "--sandbox",
    type=click.Choice(["required", "off"]),
    default="required",
    help="off: run learners' programs as you, with all your rights. Only for work that you trust, and only here.",
)
@click.option(
    "--farm",
    metavar="REDIS_URL",
    help="Have `foodcourt worker`s grade, on any number of machines; they take --jobs and --sandbox themselves.",
)
@click.pass_context
def grade(
    ctx: click.Context,
    folder: Path,
    out: Path,
    jobs: int | None,
    resume: bool,
    only: tuple[str, ...],
    roster: Path | None,
    due: datetime | None,
    sandbox: str,
    farm: str | None,
) -> None:
    """Grade a class: DIR holds <learner>/<exercise>/… or <learner>/<exercise>.zip, or what Canvas or Moodle export.

    Writes OUT/grades.csv, OUT/index.html, a report for each learner and exercise in OUT/results, and files for other
    systems in OUT/exports. Learners' programs run in a sandbox.

    Exit status: 0 when all that could be taken in was graded, whatever the grades; what could not (a damaged archive)
    is told, and stands in grades.csv. 2 when the grader broke over some.
    """
    from foodcourt.batch.grade_class import grading_alone, plan, refuse_results
    from foodcourt.cli.grading_notes import notes_on, pairs_in
    from foodcourt.workbook import find_workbook

    workbook = find_workbook()
    chosen = _chosen(only, workbook, shlex.join(["foodcourt", "grade", str(folder), "--out", str(out), "--only"]))
    if farm and (jobs is not None or sandbox == "off"):
        raise UsageError(
            "--farm goes with neither --jobs nor --sandbox: they are for those who grade\n"
            f"try: foodcourt worker --farm {farm} --help"
        )
    _look_at(folder, out)
    grade_them = _on_farm(farm, workbook) if farm else _here(jobs, sandbox)
    try:
        with grading_alone(out):
            if not resume:
                refuse_results(out)
            classroom = _find(folder, chosen, out, roster, due)
            similar = _meanwhile(lambda: _similar(classroom))
            what = plan(classroom, out, resume=resume)
            broken = _grade(what, folder, out, grade_them, resume=resume)
            snapshot = _publish(out, workbook, similar(), {exercise.slug for exercise in chosen})
    except OSError as error:
        raise UsageError(
            f"cannot write the results to {out}: {error.strerror}{f' ({error.filename})' if error.filename else ''}\n"
            "what was written before is kept; try: make room there, and then the same command with --resume"
        ) from error
    _tell("note", (*notes_on(snapshot, chosen), *classroom.problems), out)
    _tell("not graded", dict.fromkeys(entry.problem for entry in classroom.entries if entry.problem), out)
    click.echo(f"grades: {out / 'grades.csv'}\nlook through them: foodcourt review {shlex.quote(str(out))}")
    if pairs := pairs_in(snapshot, chosen):
        click.echo(pairs)
    if broken:
        click.echo(f"{broken} could not be graded, through our fault; try: the same command with --resume", err=True)
    ctx.exit(2 if broken else 0)


def _meanwhile(act: Callable[[], T]) -> Callable[[], T]:
    """Do something while others are waited for, and give what waits for its result, which is given once.

    Nobody waits for it where the command ends before.
    """
    done: queue.SimpleQueue[Future[T]] = queue.SimpleQueue()

    def run() -> None:
        future: Future[T] = Future()
        try:
            future.set_result(act())
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            future.set_exception(error)
        done.put(future)

    threading.Thread(target=run, name="meanwhile", daemon=True).start()
    return lambda: done.get().result()


def _similar(classroom: Classroom) -> list[SimilarPair]:
    # numpy starts threads for the algebra that nobody asks it for, and they are as long about it as it is itself.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from foodcourt.similarity.pairs import find_similar

    return find_similar(classroom.entries)


def _here(jobs: int | None, sandbox: str) -> Grade:
    from foodcourt.batch.local import grade_locally

    def grade_them(tasks: Sequence[Task]) -> Iterable[tuple[Task, Report]]:
        return grade_locally(tasks, jobs=jobs or os.cpu_count() or 1, sandbox=sandbox)  # type: ignore[arg-type]

    return grade_them


def _on_farm(url: str, workbook: Workbook) -> Grade:
    """Give what grades on a farm.

    Raises:
        UsageError: the farm's secret is not known.
    """
    from foodcourt.batch.farm.grading import grade_on_farm
    from foodcourt.batch.farm.signing import Secret

    secret = Secret.from_environment()

    def grade_them(tasks: Sequence[Task]) -> Iterable[tuple[Task, Report]]:
        return grade_on_farm(tasks, url, secret, workbook, lambda text: click.echo(f"note: {text}", err=True))

    return grade_them


def _tell(kind: str, sentences: Iterable[str], out: Path) -> None:
    """Say the first of them: the results hold them all."""
    told = list(sentences)
    for sentence in told[:_TOLD]:
        click.echo(f"{kind}: {sentence}", err=True)
    if more := told[_TOLD:]:
        click.echo(f"{kind}: {len(more)} more of these; look at {out / 'index.html'}", err=True)


def _chosen(only: tuple[str, ...], workbook: Workbook, command: str) -> tuple[Exercise, ...]:
    from foodcourt.catalog import exercises, find_exercise

    return tuple(dict.fromkeys(find_exercise(name, workbook, command) for name in only)) or exercises(workbook)


def _look_at(folder: Path, out: Path) -> None:
    """See that the two folders are what they should be.

    Raises:
        UsageError: they are not.
    """
    inside, outside = folder.resolve(), out.resolve()
    if outside == inside or outside.is_relative_to(inside):
        raise UsageError(
            f"expected --out outside of {folder}, got {out}: results would be taken for submissions\n"
            f"try: foodcourt grade {folder} --out results"
        )
    if out.exists() and not out.is_dir():
        raise UsageError(f"expected a folder for --out, but {out} is a file\ntry another name")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {out}: {error.strerror}\ntry another --out") from error


def _find(
    folder: Path, chosen: tuple[Exercise, ...], out: Path, roster: Path | None, due: datetime | None
) -> Classroom:
    """Look through the folder of the class.

    Raises:
        UsageError: it cannot be read, or holds no submissions.
    """
    from foodcourt.classroom.submissions import find_submissions
    from foodcourt.reports.class_file import UNPACKED, ClassFile

    moments = dict(ClassFile.load(out).due)
    if due is not None:
        moments |= {exercise.slug: due for exercise in chosen}
    try:
        return find_submissions(folder, chosen, work=out / UNPACKED, roster=roster, due=moments)
    except OSError as error:
        where = error.filename or folder
        raise UsageError(f"cannot look through {folder}: {error.strerror}: {where}\ntry: ls -ld {where}") from error


def _grade(what: Plan, folder: Path, out: Path, grade: Grade, *, resume: bool) -> int:
    """Grade, and show how far it is; the number of those on which the grader broke."""
    from foodcourt.batch.grade_class import grade_class
    from foodcourt.cli.grading_progress import GradingProgress

    broken = 0
    try:
        with GradingProgress(what, resume=resume) as progress:

            def on_report(task: Task, report: Report) -> None:
                nonlocal broken
                broken += report.broken
                progress.report(task, report)

            grade_class(what, folder, out, grade, on_report)
    except KeyboardInterrupt:
        click.echo(f"what is graded is kept in {out}; go on: the same command with --resume", err=True)
        raise
    return broken


def _publish(out: Path, workbook: Workbook, similar: Sequence[SimilarPair], chosen: set[str]) -> Snapshot:
    """Write all that is made from the results, and from what instructors changed before, and give that."""
    from foodcourt.reports.class_results import ClassResults
    from foodcourt.review.exporting import export_class, exporting
    from foodcourt.review.marking import Marks
    from foodcourt.review.similar import write_similar
    from foodcourt.review.snapshot import Snapshot

    with exporting(out):
        write_similar(out, (pair.as_json() for pair in similar), chosen)
        del similar  # they may be many, and what follows needs memory of its own
        results = ClassResults.load(out, workbook)
        snapshot = Snapshot(results, Marks.load(out))
        export_class(out, snapshot, hand_back=False)
    for problem in results.damaged.values():
        click.echo(f"damaged: {problem}", err=True)
    return snapshot
