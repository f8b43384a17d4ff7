"""`foodcourt lab`: JupyterLab on the workbook."""

from __future__ import annotations

import os

import click

__all__ = ["lab"]


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    epilog="Example: foodcourt lab --no-browser --port 9000",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGS]...")
def lab(arguments: tuple[str, ...]) -> None:
    """Open JupyterLab on the workbook.

    ARGS go to JupyterLab as they are; `foodcourt lab -- --help` lists them. Nothing is fetched from the
    internet. JupyterLab's own files and settings are kept in the workbook's .foodcourt/jupyter; export
    JUPYTER_CONFIG_DIR=~/.jupyter to use your own settings instead.
    """
    from foodcourt.lab import jupyter_environment, lab_command
    from foodcourt.workbook import find_workbook

    workbook = find_workbook()
    command = lab_command(workbook, arguments)
    click.echo(f"JupyterLab opens {workbook.root} (Ctrl-C twice stops it)", err=True)
    if "--allow-root" in command and "--allow-root" not in arguments:
        click.echo("you are root, so --allow-root was added", err=True)
    # From here on signals and the exit status are JupyterLab's own.
    os.execve(command[0], command, jupyter_environment(workbook))  # noqa: S606 - that is the point
