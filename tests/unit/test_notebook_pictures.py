"""Pictures, and the charts that they show."""

import base64
import io

import pytest
from notebook_outputs import outputs
from PIL import Image

from foodcourt.notebook import picture, plots
from foodcourt.notebook.pictures import bundle, png
from foodcourt.telemetry import Span, Trace


def test_a_picture_says_in_words_what_it_shows(capsys):
    """The words are the image's alternative text, the visible caption and the plain text, with markup escaped."""
    picture(plots.bars({"a": 1.0}), says='"a" took <1 s> & more')
    (shown,) = outputs(capsys)
    escaped = "&quot;a&quot; took &lt;1 s&gt; &amp; more"
    assert f'alt="{escaped}"' in shown["text/html"]
    assert f"<figcaption>{escaped}</figcaption>" in shown["text/html"]
    assert shown["text/plain"] == '"a" took <1 s> & more'
    assert shown["image/png"] in shown["text/html"]


def test_a_picture_is_sharp_small_and_on_white():
    """It is stored at twice the size at which it is shown, in few bytes, and stays white in a dark theme."""
    image = png(plots.gantt({"a": [(0, 1)] * 20, "b": [(0, 1), (1, 2)]}))
    data, metadata = bundle(image, "words")
    with Image.open(io.BytesIO(base64.b64decode(data["image/png"]))) as opened:
        assert opened.width == 2 * metadata["image/png"]["width"]
        assert opened.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)
    assert metadata["image/png"]["alt"] == "words"
    assert len(image) < 30_000


def test_bars_carry_their_values_and_units():
    """Each bar has its name, its value with the unit, and a hatch of its own."""
    (axes,) = plots.bars({"blocking": 12.14, "await": 0.33}, title="60 calls").axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["blocking", "await"]
    assert [text.get_text() for text in axes.texts] == ["12.1 s", "0.33 s"]
    assert axes.get_xlabel() == "time in s"
    assert len({patch.get_hatch() for patch in axes.patches}) == 2


def test_a_long_bar_carries_an_ordinary_number():
    """Beyond 999 a value is written out, and not with an exponent."""
    (axes,) = plots.bars({"a": 1416}, unit="times").axes
    assert [text.get_text() for text in axes.texts] == ["1416 times"]


def test_bars_of_counts_have_whole_ticks():
    """Nobody is served half a guest."""
    (axes,) = plots.bars({"a": 1, "b": 2}, unit="guests").axes
    assert axes.get_xlabel() == "guests"
    assert all(float(tick).is_integer() for tick in axes.get_xticks())


@pytest.mark.parametrize("values", [{}, {"none": 0.0}])
def test_bars_of_nothing_still_draw(values):
    """A measurement of zero, or none at all, is no error."""
    assert png(plots.bars(values))


def test_gantt_draws_every_piece_of_work():
    """Each span is drawn from its begin to its end, in the band of its name."""
    (axes,) = plots.gantt({"a": [(0.5, 2.0), (0.0, 1.0)], "b": []}).axes
    boxes = [path.get_extents() for bar in axes.collections for path in bar.get_paths()]
    assert [(box.x0, box.x1) for box in boxes] == [(0.0, 1.0), (0.5, 2.0)]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]


def test_histogram_counts_and_marks():
    """The columns of a series add up to its values; marks have their words beside them; names are in the legend."""
    (axes,) = plots.histogram({"calm": [0.1, 0.2, 0.2], "busy": [0.9]}, bins=4, marks={"timeout": 0.5}).axes
    assert sum(patch.get_height() for patch in axes.patches) == 4
    assert [text.get_text() for text in axes.texts] == ["timeout"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["calm", "busy"]


def test_long_titles_are_wrapped():
    """A question of two lines fits above its chart."""
    (axes,) = plots.bars({"a": 1.0}, title="How long does it take " * 6).axes
    assert all(len(line) <= 76 for line in axes.get_title(loc="left").splitlines())


def test_lines_differ_in_more_than_colour():
    """Each line has a dash and a marker of its own, and the vertical axis begins at zero."""
    (axes,) = plots.lines(
        {"a": ([0, 1, 2], [3, 4, 5]), "b": ([0, 1], [1, 1])}, ylabel="calls", marks={"closed": 1.0}
    ).axes
    assert len({(line.get_linestyle(), line.get_marker()) for line in axes.lines[:2]}) == 2
    assert axes.get_ylim()[0] == 0
    assert [text.get_text() for text in axes.texts] == ["closed"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]
    assert png(plots.lines({}))


def test_a_long_title_of_a_waterfall_fits():
    """However long its title, it stays inside the picture and above the chart and the numbers of its log lines."""
    spans = [
        Span(
            "t", "1", "", "POST /orders/{order_id}/receipts", "server", "orders-service", 100.0, 100.2, attributes={}
        )
    ]
    log = '{"trace_id": "t", "event": "order taken", "timestamp": 100.15}'
    figure = plots.waterfall(Trace("t", spans), {"orders": log}, title="One order on its way through a court " * 4)
    figure.draw_without_rendering()
    (axes,), canvas = figure.axes, figure.bbox
    title, number = figure._suptitle.get_window_extent(), axes.texts[-1].get_window_extent()
    assert canvas.x0 <= title.x0 < title.x1 <= canvas.x1
    assert title.y1 <= canvas.y1
    assert max(number.y1, axes.get_window_extent().y1) <= title.y0


def test_a_waterfall_shows_spans_and_log_lines_of_one_request():
    """A row for each span, deeper ones marked; log lines of the same trace are numbered and told, others are not."""
    spans = [
        Span("t", "1", "", "POST /orders", "server", "orders", 100.0, 100.2, {}),
        Span("t", "2", "1", "GET", "client", "orders", 100.05, 100.1, {}, status="error"),
    ]
    log = (
        "INFO: started\n"
        '{"trace_id": "t", "event": "order taken", "timestamp": 100.15}\n'
        '[WARNING/ForkPoolWorker-1] {"trace_id": "t", "event": "asking", "timestamp": "1970-01-01T00:01:40.050Z"}\n'
        '{"trace_id": "other", "event": "no", "timestamp": 100.1}\n{"trace_id": "t"}\n{broken\n[1]\n'
    )
    figure = plots.waterfall(Trace("t", spans), {"orders": log})
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["orders: POST /orders", "· orders: GET"]
    assert [text.get_text() for text in axes.texts] == ["200.0 ms", "50.0 ms (error)", "1", "2"]
    told = figure.get_supxlabel().splitlines()
    assert [" ".join(line.split()) for line in told] == ["1 50.0 ms orders: asking", "2 150.0 ms orders: order taken"]
    assert png(figure)
    assert png(plots.waterfall(Trace("t", [])))
