"""What a page says about a change that was just made: saved, and whose change it came after."""

from __future__ import annotations

from collections.abc import Collection

from foodcourt.review.changes import Change, Kind
from foodcourt.review.links import page_name
from foodcourt.review.pages import Notice
from foodcourt.review.store import Store

__all__ = ["notices"]

_TOLD = 5
_WORDS = 200


def notices(store: Store, click: str, slug: str, pages: Collection[str]) -> list[Notice]:
    """Say what a click changed, and what others had changed there before it without its maker's knowing.

    Args:
        store: the changes.
        click: the id of the click as the address has it; whatever is no such id says nothing.
        slug: the exercise that the page is about; a click that changed anything else says nothing on it.
        pages: the names for the pages of the learners whom it is about; likewise.
    """
    changes = store.click(int(click)) if click.isascii() and click.isdigit() and len(click) < 16 else []
    if not changes or not all(_about(change, slug, pages) for change in changes):
        return []
    what = ", ".join(dict.fromkeys(map(_what, changes)))
    learners = len({change.target.learner for change in changes})
    told = f"Saved: {what}" + (f", for {learners} learners" if learners > 1 else "") + "."
    found = [Notice("saved", told)]
    stale = [(change, before) for change in changes for before in store.overtaken(change)]
    for change, before in stale[:_TOLD]:
        found.append(
            Notice(
                "warning",
                f"Your page was older than that: meanwhile {before.who} had saved, for {before.target.learner}: "
                f"{_what(before)}{_words(before)}. "
                f"Yours ({change.who}) came after it and counts; both are in the history.",
            )
        )
    if len(stale) > _TOLD:
        found.append(Notice("warning", f"The same holds for {len(stale) - _TOLD} more changes."))
    return found


def _about(change: Change, slug: str, pages: Collection[str]) -> bool:
    target = change.target
    return target.kind is not Kind.NAME and target.exercise == slug and page_name(target.learner) in pages


def _what(change: Change) -> str:
    if change.target.kind is Kind.SCORE:
        return "the grader's score counts again" if change.score is None else f"score {change.score}"
    where = change.target.check or "the submission as a whole"
    return f"{'no ' if change.empty else ''}comment on {where}"


def _words(change: Change) -> str:
    if not change.text:
        return ""
    return f" (“{change.text[:_WORDS]}{'…' if len(change.text) > _WORDS else ''}”)"
