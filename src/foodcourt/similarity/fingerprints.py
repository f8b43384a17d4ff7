"""What is left of Python source when everything is taken away that is changed without a thought.

Imports, comments, docstrings, formatting, and the text of strings and numbers go; names that the source gives itself
become one and the same. The names of libraries, the keywords and the order of it all stay. Of that, fingerprints are
taken of all runs of `GRAM` words, as in Schleimer, Wilkerson and Aiken, Winnowing: Local Algorithms for Document
Fingerprinting, SIGMOD 2003. Submissions are so small that all fingerprints are kept, where the paper keeps some.

Words are read one by one. No tree is built: there is none of source that does not parse, and source that nests deeply
can crash the parser of Python, and the grader with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import keyword
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

__all__ = ["GRAM", "Word", "blocks", "fingerprints"]

GRAM = 10
"""Words in a row that make a fingerprint: more than a line. Shorter runs are alike in all programs."""
_RESTARTS = 20
_LAYOUT = {tokenize.NL, tokenize.COMMENT, tokenize.ENCODING, tokenize.ENDMARKER}
_TEXTS = {tokenize.STRING: '"', tokenize.NUMBER: "0"}
# From Python 3.12 on an f-string is several tokens.
_FSTRING_START = getattr(tokenize, "FSTRING_START", -1)
_FSTRING_END = getattr(tokenize, "FSTRING_END", -1)
_GIVEN = "name"
_COMPARES = {"==", "!=", "<=", ">=", ":="}
_COMPOUND = {"@", "async", "class", "def", "elif", "else", "except", "for", "if", "return", "try", "while", "with"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of source code, and the line on which it stands, from 1."""

    text: str
    line: int


@dataclass(slots=True)
class _Statement:
    words: list[Word] = field(default_factory=list)
    depth: int = 0

    @property
    def first(self) -> str:
        return self.words[0].text


def blocks(source: str) -> list[list[Word]]:
    """Read source code, right or wrong, and give the words that count.

    Each function and class is a block of its own, and so is what stands between them: in another order they are the
    same blocks.
    """
    statements = [one for one in _statements(source) if any(word.text != '"' for word in one.words)]
    plain: set[str] = set()
    attributes: set[str] = set()
    in_class = False
    for statement in statements:
        in_class = statement.first == "class" or (in_class and statement.depth > 0)
        _learn([word.text for word in statement.words], plain, attributes, in_class)
    found: list[list[Word]] = [[]]
    inside = decorated = False
    for statement in statements:
        if statement.depth == 0 and not decorated:
            opens = statement.first in {"@", "def", "async", "class"}
            if opens or inside:
                found.append([])
            inside = opens
        decorated = statement.first == "@"
        if statement.first not in {"import", "from"}:
            for word in _leveled(statement.words, plain, attributes):
                _add(word, found[-1])
    return [block for block in found if block]


def fingerprints(block: Sequence[Word]) -> list[int]:
    """Give a number for each run of `GRAM` words, the same in every process."""
    texts = [word.text.encode("utf-8", "replace") for word in block]
    return [
        int.from_bytes(hashlib.blake2b(b" ".join(texts[at : at + GRAM]), digest_size=8).digest(), "big")
        for at in range(len(texts) - GRAM + 1)
    ]


def _statements(source: str) -> Iterator[_Statement]:
    readable = source.encode("utf-8", "replace").decode()  # half a surrogate pair ends Python 3.12's tokenizer
    lines = readable.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = restarts = 0
    while start < len(lines) and restarts < _RESTARTS:
        statement = _Statement()
        last, depth, nested, kind = 1, 0, 0, tokenize.ENDMARKER
        for token in _tokens(lines, start):
            last, kind = token.end[0], token.type
            depth += (kind == tokenize.INDENT) - (kind == tokenize.DEDENT)
            nested += (kind == _FSTRING_START) - (kind == _FSTRING_END)
            line = start + token.start[0]
            if kind == tokenize.NEWLINE and statement.words:
                yield statement
                statement = _Statement()
            elif kind == _FSTRING_END and not nested:
                statement.words.append(Word('"', line))
            elif not nested and kind not in _LAYOUT and token.string.strip():
                statement.depth = statement.depth if statement.words else depth
                statement.words.append(Word(_TEXTS.get(kind, token.string), line))
        # What stands before a mistake counts, and so does what comes after its line.
        if statement.words:
            yield statement
        start += last
        # Any other mistake may be told only at the end, when all up to there was read for nothing.
        restarts += kind != tokenize.ERRORTOKEN


def _tokens(lines: Sequence[str], start: int) -> Iterator[tokenize.TokenInfo]:
    """Read tokens from a line on, to the first mistake or the end."""
    following = (lines[at] + "\n" for at in range(start, len(lines)))
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(following.__next__):
            yield token
            if token.type == tokenize.ERRORTOKEN:
                # Python 3.11 would search the rest of the line anew at each character of it.
                return


def _leveled(statement: Sequence[Word], plain: set[str], attributes: set[str]) -> Iterator[Word]:
    """Make one and the same of all names that the source gives, and of all that arguments are passed by.

    Those of the latter that are the source's own are not told from a library's, where both have the same name.
    """
    depth = 0
    for at, word in enumerate(statement):
        before = statement[at - 1].text if at else ""
        after = statement[at + 1].text if at + 1 < len(statement) else ""
        depth += (word.text in "([{") - (word.text in ")]}")
        passed = depth > 0 and after == "=" and before in {"(", ","}
        yield Word(_GIVEN, word.line) if passed or word.text in (attributes if before == "." else plain) else word


def _learn(texts: Sequence[str], plain: set[str], attributes: set[str], in_class: bool) -> None:
    """Learn the names that a statement gives: what it defines, assigns, takes as a parameter or runs through.

    Args:
        texts: the statement.
        plain: names by themselves; those learnt are added.
        attributes: names behind a dot, likewise.
        in_class: whether the statement stands in a class.
    """
    depth = 0
    defines = "def" in texts[:2]
    assigned = _assigned(texts)
    looping = taking = False
    for at, text in enumerate(texts):
        before, after = texts[at - 1] if at else "", texts[at + 1] if at + 1 < len(texts) else ""
        depth += (text in "([{") - (text in ")]}")
        if text in {"for", "lambda"}:
            looping, taking = text == "for", text == "lambda"
        elif (text == "in" and looping) or (text == ":" and taking):
            looping = taking = False
        elif not text.isidentifier() or keyword.iskeyword(text):
            continue
        elif before == ".":
            if at < assigned and after in {"=", ",", ":"}:
                attributes.add(text)
        elif before == "def" and in_class:
            attributes.add(text)
            plain.add(text)
        elif (
            before in {"class", "def", "as"}
            or after == ":="
            or looping
            or (taking and before in {"lambda", ",", "*", "**"})
            or (defines and depth == 1 and before in {"(", ",", "*", "**"})
            or (at < assigned and after not in {".", "(", "["} and before != "[")
        ):
            plain.add(text)


def _assigned(texts: Sequence[str]) -> int:
    """Give the place up to which a statement names what it assigns to."""
    if texts[0] in _COMPOUND:
        return 0
    depth = end = 0
    for at, text in enumerate(texts):
        depth += (text in "([{") - (text in ")]}")
        if depth == 0 and text == ":" and not end:
            return at
        if depth == 0 and text.endswith("=") and text not in _COMPARES:
            end = at
    return end


def _add(word: Word, block: list[Word]) -> None:
    """Add a word as formatters leave it: no comma before what closes, strings side by side as one."""
    if block and block[-1].text == "," and word.text in {")", "]", "}"}:
        block.pop()
    if not (word.text == '"' and block and block[-1].text == '"'):
        block.append(word)
