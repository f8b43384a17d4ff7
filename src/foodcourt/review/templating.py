"""The templates: everything that they write is escaped, and control characters become visible first."""

from __future__ import annotations

import contextlib
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from foodcourt.reports.words import plain
from foodcourt.review.highlighting import highlighted

__all__ = ["render", "style", "style_hash"]

_LONGEST = 20_000


def render(template: str, **values: Any) -> str:
    """Fill in a template.

    Args:
        template: its file name.
        values: what it is about.
    """
    return _environment().get_template(template).render(values)


@cache
def style() -> str:
    """Give the one stylesheet."""
    return resources.files("foodcourt.review").joinpath("templates/style.css").read_text(encoding="utf-8")


@cache
def style_hash() -> str:
    """Give the stylesheet's hash as a Content-Security-Policy names it, for pages that hold it inside."""
    return "sha256-" + b64encode(sha256(style().encode()).digest()).decode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("foodcourt.review", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_plain,
        auto_reload=False,
        bytecode_cache=_Compiled(str(Path(__file__).with_name("templates") / "__pycache__")),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["bounded"] = _bounded
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    environment.globals["highlighted"] = highlighted
    environment.globals["style"] = lambda: Markup(style())  # noqa: S704 - our own file
    environment.globals["style_hash"] = style_hash
    return environment


class _Compiled(FileSystemBytecodeCache):
    """Keeps compiled templates beside them, as Python does with modules; where that cannot be, they are not kept."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one."""
        with contextlib.suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


def _plain(value: Any) -> Any:
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    # Nearly every text is printable as it is, and to ask that takes a hundredth of the time.
    return value if value.replace("\n", "").replace("\t", "").isprintable() else plain(value)


def _bounded(text: str, longest: int = _LONGEST) -> str:
    """Cut a text that is too long to be read on a page, and say so."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}\n… {len(text) - longest:,} more characters are not shown"
