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
    controls = {name: _control(name, span, parameters[name].default) for name, span in ranges.items()}
    pane = ipywidgets.HTML()

    def draw() -> tuple[bytes, str]:
        figure, says = function(**{name: control.value for name, control in controls.items()})
        image = png(figure)
        pane.value = figure_html(image, says)
        return image, says

    image, says = draw()
    for control in controls.values():
        control.observe(lambda _: draw(), names="value")
    twin, metadata = bundle(image, says)
    show_widget(ipywidgets.VBox([*controls.values(), pane]), twin, metadata)


def _control(name: str, span: Sequence[Any], default: Any) -> Any:
    import ipywidgets

    shared = {
        "description": name.replace("_", " "),
        "style": {"description_width": "12em"},
        "layout": {"width": "40em"},
    }
    if isinstance(span, list):
        value = default if default in span else span[0]
        return ipywidgets.Dropdown(options=span, value=value, **shared)
    low, high, *rest = span
    whole = all(isinstance(bound, int) for bound in span)
    step = rest[0] if rest else (1 if whole else (high - low) / 100)
    value = low if default is inspect.Parameter.empty else default
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    # Redraw when the slider rests: drawing on every pixel of a drag would queue up behind it.
    return kind(value=value, min=low, max=high, step=step, continuous_update=False, **shared)
