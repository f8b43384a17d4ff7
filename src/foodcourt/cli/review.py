"""`foodcourt review`: look through a graded class, comment, and change scores, in the browser."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["review"]


@click.command(epilog="Example: foodcourt review out")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False), metavar="OUT")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Where to listen; default: where OUT was before, if that is free.",
)
@click.option("--as", "name", metavar="NAME", help="Sign changes with NAME; default: the page asks once.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def review(out: Path, port: int | None, name: str | None, no_browser: bool) -> None:
    """Review the class that `foodcourt grade` wrote to OUT, until Ctrl-C.

    Opens pages on 127.0.0.1: the class at a glance, who failed alike, whose work is too alike, each submission with
    its evidence. Comments and scores set by hand are kept in OUT/review.sqlite; `Export` writes them into the grades.
    Two people may review the same OUT at once. The address, with its token, is the only line on standard output.
    """
    from foodcourt.errors import UsageError
    from foodcourt.review.serving import serve
    from foodcourt.workbook import find_workbook

    if name is not None and not name.strip():
        raise UsageError("expected a name after --as\ntry: foodcourt review OUT --as 'Ada Lovelace'")

    def ready(address: str) -> None:
        click.echo(address)
        click.echo(f"reviewing {out} (Ctrl-C stops it)", err=True)

    serve(
        out.resolve(), find_workbook(), port=port, name=name and name.strip(), browser=not no_browser, on_ready=ready
    )
    click.echo("stopped; what was saved is in " + str(out / "review.sqlite"), err=True)
