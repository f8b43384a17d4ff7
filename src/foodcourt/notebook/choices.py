"""A question with answers to choose from, for the mouse and for the keyboard.

Not radio buttons: JupyterLab takes the up and down keys for itself in everything but text fields, so nobody could
choose with them. A button for each answer is reached with Tab and pressed with Enter or Space.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from string import ascii_uppercase
from typing import Any

__all__ = ["choices", "status"]


def choices(options: Sequence[str], chosen: Callable[[str], None]) -> Any:
    """One row for each answer: a button with a letter, and the answer's words.

    Args:
        options: the answers.
        chosen: called with the answer that was pressed.
    """
    import ipywidgets

    rows = []
    for letter, option in zip(ascii_uppercase, options, strict=False):
        # A screen reader says the tooltip after the letter.
        button = ipywidgets.Button(description=letter, tooltip=option, layout={"width": "3em", "flex": "0 0 auto"})
        button.on_click(lambda _, option=option: chosen(option))
        rows.append(ipywidgets.HBox([button, ipywidgets.HTML(html.escape(option))]))
    return ipywidgets.VBox(rows)


def status(words: str, lead: str = "") -> str:
    """HTML of a line that a screen reader announces when it changes; `lead` comes first, in bold."""
    bold = f"<strong>{html.escape(lead)}</strong> " if lead else ""
    return f"<p role='status' style='line-height: 1.4; margin: 0.3em 0'>{bold}{html.escape(words)}</p>"
