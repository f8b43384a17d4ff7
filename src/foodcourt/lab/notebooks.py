"""Which notebooks there are, and which of them a word on the command line means."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from foodcourt.errors import UsageError
from foodcourt.workbook import Workbook

__all__ = ["list_notebooks", "resolve_notebooks"]

_SUFFIX = ".ipynb"


def list_notebooks(workbook: Workbook) -> list[Path]:
    """List the chapters in their order."""
    return sorted(workbook.notebooks.glob(f"*{_SUFFIX}"))


def resolve_notebooks(workbook: Workbook, words: Sequence[str]) -> list[Path]:
    """Find the notebooks that are meant, each once, in the order asked for; no word means all.

    Args:
        workbook: where to look.
        words: names (`02_a_minimal_fastapi_service`, with or without `.ipynb`), numbers (`2`, `02`) or paths.

    Raises:
        UsageError: a word means no notebook, or there are no notebooks at all.
    """
    chapters = list_notebooks(workbook)
    if not words and not chapters:
        raise UsageError(f"there is no notebook in {workbook.notebooks}\nnext: git checkout notebooks")
    found = [_resolve(word, chapters) for word in words] if words else chapters
    return list(dict.fromkeys(found))


def _resolve(word: str, chapters: Sequence[Path]) -> Path:
    path = Path(word)
    if path.suffix == _SUFFIX and path.is_file():
        return path.resolve()
    name = path.name.removesuffix(_SUFFIX)
    for chapter in chapters:
        if chapter.stem == name or (name.isdecimal() and _number(chapter) == int(name)):
            return chapter
    near = get_close_matches(name, [chapter.stem for chapter in chapters], n=1)
    known = "\n".join(f"  {chapter.stem}" for chapter in chapters) or "  (none)"
    suggestion = near[0] if near else chapters[0].stem if chapters else "--help"
    raise UsageError(
        f"there is no notebook {word!r}{f'; did you mean {near[0]!r}?' if near else ''}\n"
        f"the notebooks are:\n{known}\nnext: foodcourt run {suggestion}"
    )


def _number(chapter: Path) -> int | None:
    first = chapter.stem.partition("_")[0]
    return int(first) if first.isdecimal() else None
