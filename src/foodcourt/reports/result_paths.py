"""Where the report on a learner's work lies: `OUT/results/<learner>/<exercise>.json`.

A learner's name is hostile data: the name of a folder, or what a class list says. Here it becomes one harmless part
of a path. Plain names stay as they are; in others, what could lead elsewhere, hide, or hurt a shell or another system
is percent-encoded, as in an address (RFC 3986, section 2.1).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

__all__ = ["folder_name", "learner_of", "result_path", "results_folder"]

_RESERVED = frozenset('%/\\:*?"<>|')
"""What separates parts of a path on some system, or may not be in a name there."""
_LONGEST = 200
"""Bytes. Most file systems end at 255, and a few characters more may come to be added to a name."""
_DIGEST_DIGITS = 40
_EMPTY = "%"
_CUT = "%~"
_ESCAPE = re.compile(r"%(?:u([0-9A-F]{4})|([0-9A-F]{2}))")


def results_folder(out: Path) -> Path:
    """Give the folder below `out` that holds one folder a learner."""
    return out / "results"


def result_path(out: Path, learner: str, slug: str) -> Path:
    """Give the file that holds the report on one learner's work on one exercise.

    Args:
        out: what `foodcourt grade --out` names.
        learner: any name at all.
        slug: the exercise's.
    """
    return results_folder(out) / folder_name(learner) / f"{folder_name(slug)}.json"


def folder_name(learner: str) -> str:
    """Turn any name into one safe part of a path; `learner_of` turns it back.

    A name that would grow too long is cut, and ends with `%~` and a fingerprint of the whole of it: that one cannot
    be turned back.
    """
    last = len(learner) - 1
    encoded = [
        _escaped(character) if _is_harmful(character, first=at == 0, last=at == last) else character
        for at, character in enumerate(learner)
    ]
    name = "".join(encoded) or _EMPTY
    if len(name.encode()) <= _LONGEST:
        return name
    digest = hashlib.sha256(learner.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_DIGITS]
    left = _LONGEST - len(_CUT) - len(digest)
    kept = []
    for piece in encoded:
        left -= len(piece.encode())
        if left < 0:
            break
        kept.append(piece)
    return "".join(kept) + _CUT + digest


def learner_of(name: str) -> str | None:
    """Turn the name of a folder back into the learner's name.

    Returns:
        None for a name that was cut, and for one that `folder_name` never gives.
    """
    if name == _EMPTY:
        return ""
    plain = _ESCAPE.sub("\0", name)
    if "%" in plain:
        return None
    data = bytearray()
    parts = []
    at = 0
    for match in _ESCAPE.finditer(name):
        data += name[at : match.start()].encode("utf-8", "surrogatepass")
        if match[1]:
            parts += [data.decode("utf-8", "surrogateescape"), chr(int(match[1], 16))]
            data.clear()
        else:
            data.append(int(match[2], 16))
        at = match.end()
    data += name[at:].encode("utf-8", "surrogatepass")
    learner = "".join([*parts, data.decode("utf-8", "surrogateescape")])
    return learner if folder_name(learner) == name else None


def _is_harmful(character: str, *, first: bool, last: bool) -> bool:
    if first and character in ".-~ ":
        return True  # hidden, `..`, an option or a home folder to a shell
    if last and character in ". ":
        return True  # Windows drops them, so that two names become one
    # Controls, formats such as a change of direction, surrogates, and line separators; but not the ordinary space.
    return character in _RESERVED or (unicodedata.category(character)[0] in "CZ" and character != " ")


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF and not 0xDC80 <= code <= 0xDCFF:
        return f"%u{code:04X}"  # half of a pair, which stands for no bytes at all
    # U+DC80 to U+DCFF stand for the bytes of a file name that is not UTF-8 (PEP 383).
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))
