"""Traces put in order, and quantiles as Prometheus estimates them."""

import math

import pytest

from foodcourt.telemetry import Series, Span, Trace, histogram_quantile


def span(id_, parent="", start=0.0, service="a"):
    return Span("t", id_, parent, id_, "internal", service, start, start + 1, {})


def test_callers_come_before_those_they_called():
    """Spans arrive in any order; a trace has each below its cause, siblings by their start."""
    trace = Trace("t", [span("c", "b", 2), span("d", "a", 3, "z"), span("b", "a", 1), span("a", "", 0)])
    assert [(s.name, trace.depth(s)) for s in trace] == [("a", 0), ("b", 1), ("c", 2), ("d", 1)]
    assert trace.services == ["a", "z"]
    assert [s.name for s in trace.roots] == ["a"]


def test_a_broken_trace_has_several_roots():
    """Where a cause never arrived, its effects stand at the left, and are counted."""
    trace = Trace("t", [span("a"), span("c", "lost", 5)])
    assert [(s.name, trace.depth(s)) for s in trace.roots] == [("a", 0), ("c", 0)]


def test_senseless_spans_do_no_harm():
    """A span that is sent twice is shown once, and spans that cause each other make no endless loop."""
    assert len(Trace("t", [span("a"), span("a")])) == 1
    assert len(Trace("t", [span("a", "b"), span("b", "a")])) == 0


@pytest.mark.parametrize(
    ("q", "buckets", "expected"),
    [
        (0.5, {1: 50, 2: 100, math.inf: 100}, 1.0),
        (0.75, {1: 50, 2: 100, math.inf: 100}, 1.5),
        (0.99, {1: 50, 2: 90, math.inf: 100}, 2.0),
        (0.0, {1: 0, 2: 10, math.inf: 10}, 1.0),
        (0.5, {-1: 10, math.inf: 10}, -1.0),
        (0.25, {1: 100, math.inf: 100}, 0.25),
    ],
)
def test_quantiles_are_prometheus_ones(q, buckets, expected):
    """Interpolated linearly within a bucket; beyond the last finite bound that bound is the answer."""
    assert histogram_quantile(q, buckets) == pytest.approx(expected)


@pytest.mark.parametrize("buckets", [{}, {1: 5}, {1: 0, math.inf: 0}])
def test_no_observation_has_no_quantile(buckets):
    """Without observations, or without the bucket that holds all, there is nothing to estimate."""
    assert math.isnan(histogram_quantile(0.5, buckets))


def test_a_counter_that_was_reset():
    """A counter that fell began anew at 0: what it counted since is its increase."""
    series = Series("x_total", {}, (0.0, 1.0, 3.0), (10.0, 14.0, 6.0))
    assert series.increase == 10
    assert series.rates() == [4.0, 3.0]
