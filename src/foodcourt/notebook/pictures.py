"""Pictures that also say in words what they show.

JupyterLab 4 gives a plain PNG output no alternative text, whatever its metadata say. So a picture is sent as an
HTML figure (image, alternative text, visible caption) and beside it as a plain PNG for programs that know no HTML.
"""

from __future__ import annotations

import base64
import html
import io
from typing import TYPE_CHECKING, Any

from foodcourt.notebook.outputs import publish

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Bundle", "bundle", "figure_html", "picture", "png"]

_DOTS_PER_INCH = 160  # twice what is shown: sharp at 200 %
_SHOWN_PER_INCH = 80
_COLOURS = 64  # of the PNG's palette; a chart has few, and the file shrinks to a third

Bundle = tuple[dict[str, Any], dict[str, Any]]
"""The data of an output by MIME type, and its metadata."""


def picture(figure: Figure, says: str) -> None:
    """Show a figure with a caption that says in words what it shows.

    Args:
        figure: any matplotlib figure; `bars`, `gantt` and `histogram` make some.
        says: the caption, also read out by screen readers in place of the picture. Say what can be seen, with its
            numbers, not what kind of chart it is.
    """
    data, metadata = bundle(png(figure), says)
    publish(data, metadata)


def bundle(image: bytes, says: str) -> Bundle:
    """The output that shows a PNG image with its words, everywhere: JupyterLab, GitHub, nbconvert."""
    data = {
        "text/html": figure_html(image, says),
        "image/png": base64.b64encode(image).decode(),
        "text/plain": says,
    }
    return data, {"image/png": {"alt": says, "width": _shown_width(image)}}


def figure_html(image: bytes, says: str) -> str:
    """An HTML figure that holds the image itself, its alternative text and the caption."""
    words = html.escape(says, quote=True)
    encoded = base64.b64encode(image).decode()
    # White behind the image, whatever the theme: its axes are dark.
    return (
        '<figure style="margin: 0.5em 0">'
        f'<img alt="{words}" width="{_shown_width(image)}" style="max-width: 100%; background-color: #fff" '
        f'src="data:image/png;base64,{encoded}">'
        f"<figcaption>{words}</figcaption></figure>"
    )


def png(figure: Figure) -> bytes:
    """The figure as a small, sharp PNG on white."""
    from PIL import Image

    raw = io.BytesIO()
    figure.savefig(raw, format="png", dpi=_DOTS_PER_INCH, facecolor="white")
    small = io.BytesIO()
    with Image.open(raw) as image:
        image.convert("RGB").quantize(_COLOURS).save(small, format="PNG", optimize=True)
    return small.getvalue()


def _shown_width(image: bytes) -> int:
    """In CSS pixels. A PNG's width in dots lies at a fixed place in its header."""
    return int.from_bytes(image[16:20], "big") * _SHOWN_PER_INCH // _DOTS_PER_INCH
