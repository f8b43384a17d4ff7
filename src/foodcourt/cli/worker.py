"""`foodcourt worker`: grades for a farm."""

from __future__ import annotations

import os

import click

__all__ = ["worker"]


@click.command(epilog="Example: foodcourt worker --farm redis://10.0.0.5:6379/0")
@click.option("--farm", required=True, metavar="REDIS_URL", help="The Redis that `foodcourt grade --farm` uses.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="How many at a time; default: one a core.")
@click.option(
    "--sandbox",
    type=click.Choice(["required", "off"]),
    default="required",
    help="off: run learners' programs as you, with all your rights. Only for work that you trust.",
)
def worker(farm: str, jobs: int | None, sandbox: str) -> None:
    """Grade for `foodcourt grade --farm`, on this machine, until Ctrl-C.

    All machines of a farm have the same Food Court, and the same secret in FOODCOURT_FARM_SECRET: work and results
    are signed with it. What a worker was grading when it died is graded by another; what a grader ordered that was
    killed is left alone two minutes later.
    """
    from foodcourt.batch.farm.signing import Secret
    from foodcourt.batch.farm.work import run_worker
    from foodcourt.workbook import find_workbook

    use = "off" if sandbox == "off" else "required"
    run_worker(
        farm,
        Secret.from_environment(),
        find_workbook(),
        jobs=jobs or os.cpu_count() or 1,
        sandbox=use,  # type: ignore[arg-type]
    )
