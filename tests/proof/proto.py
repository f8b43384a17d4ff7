"""The mutants of a .proto, which is no Python: a few changes by pattern, of the kind that learners make."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["proto_mutations"]

# What is changed, and into what.
_CHANGES = [
    (r"(service \w+)", r"\1X"),
    (r"(rpc \w+)", r"\1X"),
    (r"(rpc \w+ *)\(", r"\1(stream "),
    (r"returns *\(", "returns (stream "),
    (r"\bstring (?=\w+ *=)", "bytes "),
    (r"\bstring (?=\w+ *=)", "repeated string "),
    (r"(?<=string )(\w+)", r"\1X"),
    (r"= *1;", "= 2;"),
]
_BLOCK = re.compile(r"\b(?:message|service) (\w+)")


def proto_mutations(text: str) -> Iterator[tuple[str, str]]:
    """Give the text with one thing changed, as often as there is one, and the message or service that it lies in."""
    for pattern, replacement in _CHANGES:
        for match in re.finditer(pattern, text):
            blocks = _BLOCK.findall(text[: match.end()])
            yield (
                blocks[-1] if blocks else "",
                text[: match.start()] + match.expand(replacement) + text[match.end() :],
            )
