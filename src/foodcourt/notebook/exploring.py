"""Sliders over a picture, with a still picture for readers who have no kernel."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from foodcourt.notebook.outputs import show_widget
from foodcourt.notebook.pictures import bundle, figure_html, png

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["explore"]


def explore(function: Callable[..., tuple[Figure, str]], **ranges: Sequence[Any]) -> None:
    """Show a picture that moves with sliders.

    Args:
        function: takes one keyword argument for each range, with a default to begin from, and returns a figure and
            the sentence that says what it shows.
        **ranges: for each argument `(low, high)` or `(low, high, step)`, or a list of values to choose from.

    Example:
        >>> explore(draw, timeout=(0.1, 2.0), clients=(1, 100), jitter=["none", "full"])
    """
    import ipywidgets

    parameters = inspect.signature(function).parameters
    holders: dict[str, Any] = {}
    shown = []
    for name, span in ranges.items():
        holders[name], control = _control(name, span, parameters[name].default)
        shown.append(control)
    pane = ipywidgets.HTML()

    def draw() -> tuple[bytes, str]:
        figure, says = function(**{name: holder.value for name, holder in holders.items()})
        image = png(figure)
        pane.value = figure_html(image, says)
        return image, says

    image, says = draw()
    for holder in holders.values():
        holder.observe(lambda _: draw(), names="value")
    twin, metadata = bundle(image, says)
    show_widget(ipywidgets.VBox([*shown, pane]), twin, metadata)


def _control(name: str, span: Sequence[Any], default: Any) -> tuple[Any, Any]:
    """The widget that holds the value, and what is shown of it."""
    import ipywidgets

    words: dict[str, Any] = {"description": name.replace("_", " "), "style": {"description_width": "12em"}}
    if isinstance(span, list):
        # Buttons, and no drop-down list: JupyterLab takes its up and down keys.
        words["style"] |= {"button_width": "auto"}  # or long words are cut off
        buttons = ipywidgets.ToggleButtons(options=span, value=default if default in span else span[0], **words)
        return buttons, buttons
    low, high, *rest = span
    whole = all(isinstance(bound, int) for bound in span)
    limits = {
        "value": low if default is inspect.Parameter.empty else default,
        "min": low,
        "max": high,
        "step": rest[0] if rest else (1 if whole else (high - low) / 100),
    }
    # The number field beside the slider has the name that ipywidgets gives no slider's handle. Both redraw when
    # they rest: drawing on every pixel of a drag would queue up behind it.
    field = (ipywidgets.BoundedIntText if whole else ipywidgets.BoundedFloatText)(
        **limits, **words, layout={"width": "20em"}
    )
    slider = (ipywidgets.IntSlider if whole else ipywidgets.FloatSlider)(
        **limits, readout=False, continuous_update=False, layout={"width": "20em"}
    )
    ipywidgets.link((slider, "value"), (field, "value"))
    return field, ipywidgets.HBox([field, slider])
