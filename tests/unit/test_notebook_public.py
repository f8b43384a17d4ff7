"""The vocabulary of cells."""

import subprocess
import sys

import foodcourt.notebook


def test_the_vocabulary_is_small_and_stays_the_same():
    """Chapters rely on these names; adding one is a decision, losing one breaks notebooks."""
    assert [name for name in sorted(foodcourt.notebook.__all__) if name != "check"] == [
        "begin",
        "broker",
        "compare",
        "enter",
        "explore",
        "finish",
        "open_docs",
        "picture",
        "plots",
        "predict",
        "quiz",
        "start",
        "summary",
    ]
    drawing = [name for name in foodcourt.notebook.plots.__all__ if name.islower()]
    assert drawing == ["bars", "blank", "gantt", "histogram", "lines", "waterfall"]


def test_the_first_cell_does_not_wait_for_charts_and_widgets():
    """Matplotlib and ipywidgets are imported by the first cell that needs them."""
    code = "import sys, foodcourt.notebook; print([m for m in ('matplotlib', 'ipywidgets') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
