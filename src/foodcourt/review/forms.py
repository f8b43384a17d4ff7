"""What a form of ours sent: read up to a size, and only if it carries our token."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from urllib.parse import parse_qs

from fastapi import HTTPException, Request

__all__ = ["LONGEST_TEXT", "Form", "OldForm", "read_form", "whole_number"]

_LARGEST = 4 << 20
LONGEST_TEXT = 20_000
"""Characters in one field."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form; a field that was not sent is empty."""

    fields: dict[str, list[str]]

    def text(self, name: str) -> str:
        """Give a field as text, without white space around it, and with line breaks as `\\n`.

        Raises:
            HTTPException: 413 if it is too long.
        """
        found = _as_typed(self.fields.get(name, [""])[-1]).strip()
        if len(found) > LONGEST_TEXT:
            raise HTTPException(413, f"Expected at most {LONGEST_TEXT:,} characters, got {len(found):,}: go back.")
        return found

    def number(self, name: str) -> int | None:
        """Give a field as a whole number that is not negative, or None if it is none."""
        return whole_number(self.text(name))

    @property
    def written(self) -> list[str]:
        """Give what a person has written into it: comments, and reasons."""
        return [
            text
            for name, texts in self.fields.items()
            for text in texts
            if name in {"text", "reason"} or name.startswith("comment-")
            if text.strip()
        ]

    def all(self, name: str) -> list[str]:
        """Give every value of a field."""
        return self.fields.get(name, [])


def whole_number(text: str) -> int | None:
    """Read a whole number that is not negative; None if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class OldForm(Exception):
    """A form that does not carry this server's token: of a page of the server before, or somebody else's.

    Attributes:
        fields: what it sent but for that token, with line breaks as `\\n`.
    """

    def __init__(self, form: Form) -> None:
        """Take what it sent."""
        super().__init__()
        self.fields = {name: [*map(_as_typed, values)] for name, values in form.fields.items() if name != "csrf"}


async def read_form(request: Request) -> Form:
    """Read the form that a request sends.

    Raises:
        HTTPException: 413 if it is too large.
        OldForm: it is none of ours.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            raise HTTPException(413, "That form holds too much text to be saved.")
    form = Form(parse_qs(body.decode("ascii", "replace"), keep_blank_values=True))
    expected: str = request.app.state.desk.csrf
    if not hmac.compare_digest(form.text("csrf").encode("utf-8", "replace"), expected.encode()):
        raise OldForm(form)
    request.state.form = form
    return form


def _as_typed(text: str) -> str:
    # Browsers send them as CRLF: https://html.spec.whatwg.org/#converting-an-entry-list-to-a-list-of-name-value-pairs
    return text.replace("\r\n", "\n").replace("\r", "\n")
