"""`foodcourt completion`: the script that completes our words in a shell."""

from __future__ import annotations

import click

__all__ = ["completion"]


@click.command(epilog='Example, for bash: eval "$(foodcourt completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a script that completes verbs and options in SHELL.

    To keep it, put the line of the example into ~/.bashrc, or with zsh for bash into ~/.zshrc; fish reads
    `foodcourt completion fish | source` in ~/.config/fish/config.fish. Where the shell does not find foodcourt,
    write its whole path there, which ends in .venv/bin/foodcourt.
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None, f"click completes in {shell}"
    click.echo(kind(ctx.find_root().command, {}, "foodcourt", "_FOODCOURT_COMPLETE").source())
