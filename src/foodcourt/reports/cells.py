"""Tables of comma-separated values that a spreadsheet can open without running what a learner wrote into them.

A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula, which may
start programs or send the table away. Such cells get an apostrophe in front, which spreadsheets take for "this is
text" (https://owasp.org/www-community/attacks/CSV_Injection, CWE-1236). Learners' names may end a cell, too, where a
spreadsheet separates cells otherwise than by commas; so an apostrophe also comes before what could begin one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from foodcourt.reports.words import plain

__all__ = ["cell", "one_line", "table"]

_LONGEST = 300
_FORMULA = re.compile(r'(^|[;,|"])(\s*)([=+\-@＝＋－＠])')
_NUMBER = re.compile(r"[+-]?[0-9]+")
"""Such as an id that begins with a minus: a formula, but one that does nothing."""


def one_line(text: str, longest: int = _LONGEST) -> str:
    """Give a learner's text as one line without control characters, cut where it is too long.

    Args:
        text: hostile data.
        longest: characters that may remain.
    """
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    # Line separators are no control characters to Unicode, but end lines all the same.
    visible = plain(short).replace("\n", "\\x0a").replace("\t", "\\x09")
    return visible.replace("\u2028", "\\x2028").replace("\u2029", "\\x2029")


def cell(text: str) -> str:
    """Make a learner's text harmless as a cell: one line, and no formula in it."""
    line = one_line(text)
    return line if _NUMBER.fullmatch(line) else _FORMULA.sub(r"\1\2'\3", line)


def table(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as RFC 4180 says; every cell that a learner had a say in has to come from `cell`."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue()
