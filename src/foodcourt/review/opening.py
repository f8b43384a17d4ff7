"""The file that a browser is given instead of the address with a token.

Every user of a machine sees the command lines of the others, and so what a browser is started with; but not what
stands in a file of theirs. JupyterLab does the same.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from foodcourt.review.templating import render

__all__ = ["leading_to"]


@contextlib.contextmanager
def leading_to(address: str, folder: Path) -> Iterator[str | None]:
    """Write a page that leads to `address` and that nobody else can read, and give its own address until the end.

    Args:
        address: where it leads.
        folder: where it is put, if that can be: a browser that came as a snap sees neither the machine's temporary
            folder nor what lies in a hidden one right below the home folder.

    Yields:
        A `file:` URL; None where nothing can be written.
    """
    with contextlib.ExitStack() as stack:
        found = None
        for above in (folder, None):
            with contextlib.suppress(OSError):
                if above is not None:
                    above.mkdir(parents=True, exist_ok=True)
                made = stack.enter_context(
                    tempfile.TemporaryDirectory(prefix="review-", dir=above, ignore_cleanup_errors=True)
                )
                page = Path(made, "open.html")
                page.touch(mode=0o600)
                page.write_text(render("opening.html", address=address), encoding="utf-8")
                found = page.resolve().as_uri()
                break
        yield found
