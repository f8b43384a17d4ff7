"""Source text as HTML with classes for its colours, one element a line."""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePosixPath

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers.configs import IniLexer, TOMLLexer
from pygments.lexers.dsls import ProtoBufLexer
from pygments.lexers.python import PythonLexer

from foodcourt.reports.words import plain

__all__ = ["highlighted"]

# Few and simple ones: a lexer is a set of regular expressions, and what it reads may be written to make it slow.
_LEXERS: dict[str, type[Lexer]] = {
    ".py": PythonLexer,
    ".pyi": PythonLexer,
    ".proto": ProtoBufLexer,
    ".toml": TOMLLexer,
    ".ini": IniLexer,
    ".cfg": IniLexer,
}
_LONGEST = 60_000
_LONGEST_LINE = 1_000


@lru_cache(maxsize=16)
def highlighted(name: str, text: str) -> Markup:
    """Write a file's text as HTML: every line is a `span.line`, every token in it a span of Pygments' classes.

    What is too long for a lexer, or of another kind, gets no colours.

    Args:
        name: the file's name, whose ending says what it is.
        text: what it holds; control characters become visible.
    """
    shown = plain(text)
    lexer = _LEXERS.get(PurePosixPath(name).suffix.lower())
    simple = len(shown) <= _LONGEST and all(len(line) <= _LONGEST_LINE for line in shown.split("\n"))
    if lexer is not None and simple:
        html = highlight(shown, lexer(stripnl=False, ensurenl=True), HtmlFormatter(nowrap=True))
    else:
        html = str(escape(shown))
    lines = html.removesuffix("\n").split("\n")
    # Pygments closes what is open at the end of each line, and has escaped what stands between.
    return Markup("\n").join(Markup(f'<span class="line">{line}</span>') for line in lines)  # noqa: S704
