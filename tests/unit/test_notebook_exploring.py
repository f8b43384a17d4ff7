"""`explore`: a picture that moves with its sliders."""

import ipywidgets
from notebook_outputs import WIDGET, below, outputs, widget, words

from foodcourt.notebook import explore, plots


def draw(load=0.5, guests=3, *, jitter="none"):
    return plots.bars({"load": load}), f"load {load:g}, {guests} guests, jitter {jitter}"


def shown(capsys, **ranges):
    explore(draw, **ranges)
    (output,) = outputs(capsys)
    return output


def test_shows_the_widget_and_the_picture_in_one_output(capsys):
    """JupyterLab finds the widget first; GitHub finds the picture, with its words."""
    output = shown(capsys, load=(0.0, 1.0))
    assert list(output) == [WIDGET, "text/html", "image/png", "text/plain"]
    assert output["text/plain"] == "load 0.5, 3 guests, jitter none"


def test_moving_a_slider_redraws(capsys):
    """Slider, number field and buttons all change the picture and its words."""
    explorer = widget(shown(capsys, load=(0.0, 1.0), guests=(1, 10), jitter=["none", "full"]))
    below(explorer, ipywidgets.FloatSlider)[0].value = 0.75
    assert 'alt="load 0.75, 3 guests, jitter none"' in words(explorer)
    below(explorer, ipywidgets.BoundedIntText)[0].value = 7
    below(explorer, ipywidgets.ToggleButtons)[0].value = "full"
    assert 'alt="load 0.75, 7 guests, jitter full"' in words(explorer)


def test_whole_numbers_stay_whole_and_steps_are_kept(capsys):
    """A range of integers gives integers, and a third number is the step."""
    explorer = widget(shown(capsys, guests=(0, 10, 5), load=(0.0, 2.0)))
    assert [slider.step for slider in below(explorer, (ipywidgets.IntSlider, ipywidgets.FloatSlider))] == [5, 0.02]


def test_every_field_has_a_name(capsys):
    """The number field is labelled, because a slider's handle cannot be."""
    explorer = widget(shown(capsys, load=(0.0, 1.0)))
    assert below(explorer, ipywidgets.BoundedFloatText)[0].description == "load"
