"""The command line, `foodcourt VERB`.

Each verb is a module of its own, imported when it is asked for, and imports what is heavy when it runs: asking
for help must not wait for Jupyter.
"""

from __future__ import annotations

import traceback

import click

from foodcourt import __version__
from foodcourt.cli.verbs import Verbs
from foodcourt.errors import FoodCourtError, GraderError

__all__ = ["main"]

_USAGE_OR_OURS = 2
_INTERRUPTED = 130
_NOBODY_READS = 141


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start here: foodcourt lab",
)
@click.version_option(__version__, prog_name="foodcourt", message="%(prog)s %(version)s")
def _foodcourt() -> None:
    """Learn Python microservices by running them, breaking them and measuring what happens."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status.

    The status is 0 when it was done, 1 when the learner's work fell short, 2 for usage, set-up and our own
    faults, 130 after Ctrl-C.

    Args:
        arguments: the words after `foodcourt`; this process's own when not given.
    """
    try:
        # A verb's own status comes back as the value of click's Exit; a verb that returns is done.
        status = _foodcourt.main(arguments, prog_name="foodcourt", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return _INTERRUPTED
    except GraderError as error:
        click.echo(f"foodcourt: the grader broke, this is not your fault: {error}\ntry: foodcourt doctor", err=True)
        return _USAGE_OR_OURS
    except FoodCourtError as error:
        click.echo(f"foodcourt: {error}", err=True)
        return _USAGE_OR_OURS
    except SystemExit as end:
        # click ends with 1 when nobody reads its output on, as in `| head`; but 1 is about the learner's work.
        return _NOBODY_READS if end.code == 1 else int(end.code or 0)
    except Exception:  # noqa: BLE001 - an uncaught error would end with 1, which says the learner's work fell short
        traceback.print_exc()
        click.echo("foodcourt: this is a fault of foodcourt, not yours; please report it as it stands", err=True)
        return _USAGE_OR_OURS
