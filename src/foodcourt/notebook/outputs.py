"""Sending outputs to the notebook, widgets among them.

A widget is sent together with a twin that needs no kernel. JupyterLab shows the widget when its kernel runs;
GitHub, and anything else that knows no widgets, shows the twin.
"""

from __future__ import annotations

from typing import Any

from IPython.display import display

__all__ = ["publish", "show_widget"]

_WIDGET = "application/vnd.jupyter.widget-view+json"


def publish(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Send one output to the notebook.

    Args:
        data: the same content in several forms, by MIME type; whoever shows it picks one.
        metadata: by MIME type.
    """
    display(data, metadata=metadata or {}, raw=True)  # type: ignore[no-untyped-call]


def show_widget(widget: Any, twin: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Show a widget in one output with its static twin.

    Args:
        widget: an ipywidgets widget.
        twin: the same content by MIME type, without the widget.
        metadata: of the twin.
    """
    view = {_WIDGET: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}
    publish(view | twin, metadata)
