"""Skips cells whose first line says that they need something that is not there."""

from __future__ import annotations

from IPython.core.getipython import get_ipython

__all__ = ["skip_cells_that_need"]

_missing: dict[str, str] = {}


def skip_cells_that_need(name: str, because: str | None) -> None:
    """Have cells that begin with `# needs <name>` print why they are skipped instead of being run.

    Args:
        name: such as `RabbitMQ`.
        because: why; None: they are run.
    """
    if because is None:
        _missing.pop(name, None)
    else:
        _missing[name] = because
    shell = get_ipython()
    if shell is not None and _replace not in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.append(_replace)


def _replace(lines: list[str]) -> list[str]:
    """IPython calls this with the lines of each cell before it is run."""
    first = lines[0].strip().casefold() if lines else ""
    for name, because in _missing.items():
        if first == f"# needs {name}".casefold():
            return [f"print({f'Skipped: {because}'!r})\n"]
    return lines
