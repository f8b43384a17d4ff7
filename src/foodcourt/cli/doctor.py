"""`foodcourt doctor`: what is there, what is missing, what to type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from foodcourt.diagnosis import Finding

__all__ = ["doctor"]

_COLORS = {"ok": "green", "note": "yellow", "missing": "red"}


@click.command(epilog="Example: foodcourt doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Say what is installed and what is missing.

    Each line is ok, a note (some chapters, the tests or instructors need it) or missing (the course does not work
    without it), with the command that installs it here. The status is 2 when something is missing.
    """
    from foodcourt.diagnosis import State, diagnose

    findings = []
    for finding in diagnose():
        findings.append(finding)
        if not as_json:
            _print_line(finding)
    missing = any(finding.state is State.MISSING for finding in findings)
    if as_json:
        _print_json(findings, ready=not missing)
    else:
        click.echo("\nnext: " + ("what stands after the arrows above" if missing else "foodcourt lab"))
    ctx.exit(2 if missing else 0)


def _print_line(finding: Finding) -> None:
    state = click.style(f"{finding.state:8}", fg=_COLORS[finding.state])
    click.echo(f"{state} {finding.name + ':':19}{finding.text}")
    if finding.command:
        click.echo(f"{'':28}→ {finding.command}")


def _print_json(findings: list[Finding], *, ready: bool) -> None:
    import json
    from dataclasses import asdict

    from foodcourt import __version__

    document = {"foodcourt": __version__, "ready": ready, "findings": [asdict(finding) for finding in findings]}
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
