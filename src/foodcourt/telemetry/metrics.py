"""Scrapes a service's /metrics into series, and reads rates and quantiles off them as Prometheus does."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Scraper", "Series", "histogram_quantile"]

Labels: TypeAlias = frozenset[tuple[str, str]]
_TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one metric with one set of labels over time.

    Attributes:
        name: such as `http_requests_total`.
        labels: such as `{"route": "/users/{uid}", "status": "200"}`.
        times: monotonic seconds of each scrape that held it.
        values: its value at each.
    """

    name: str
    labels: Mapping[str, str]
    times: tuple[float, ...]
    values: tuple[float, ...]

    def rates(self) -> list[float]:
        """Increase per second between one scrape and the next; a counter that fell was reset and began at 0."""
        pairs = zip(self.times, self.times[1:], self.values, self.values[1:], strict=False)
        return [((new - old) if new >= old else new) / (after - before) for before, after, old, new in pairs]

    @property
    def increase(self) -> float:
        """By how much a counter grew from the first scrape to the last, over all resets."""
        pairs = zip(self.values, self.values[1:], strict=False)
        return sum(new - old if new >= old else new for old, new in pairs)


@dataclass(frozen=True, slots=True)
class _Scrape:
    at: float
    seconds: float
    size: int
    samples: dict[tuple[str, Labels], float]


def _scrape(url: str) -> _Scrape:
    import httpx
    from prometheus_client.parser import text_string_to_metric_families

    at = time.monotonic()
    response = httpx.get(url, timeout=_TIMEOUT, trust_env=False).raise_for_status()
    samples = {
        (sample.name, frozenset(sample.labels.items())): float(sample.value)
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }
    return _Scrape(at, response.elapsed.total_seconds(), len(response.content), samples)


class Scraper:
    """Scrapes one page again and again, in the background while its block lasts, or whenever `scrape` is called.

    Attributes:
        url: the page.
        problems: scrapes that failed, in words: a service that does not answer leaves a gap.
    """

    def __init__(self, url: str, every: float = 0.2) -> None:
        """Scrape nothing yet.

        Args:
            url: such as `http://127.0.0.1:8000/metrics`.
            every: seconds between two scrapes of the background.
        """
        self.url = url
        self.problems: list[str] = []
        self._every = every
        self._scrapes: list[_Scrape] = []
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def scrape(self) -> None:
        """Scrape once, now."""
        import httpx

        try:
            self._scrapes.append(_scrape(self.url))
        except (httpx.HTTPError, ValueError) as error:
            self.problems.append(f"{type(error).__name__}: {error}")

    @property
    def sizes(self) -> list[int]:
        """Bytes of each scrape's answer."""
        return [scrape.size for scrape in self._scrapes]

    @property
    def seconds(self) -> list[float]:
        """Seconds that each scrape took, from the request to the end of the answer."""
        return [scrape.seconds for scrape in self._scrapes]

    def series(self, name: str, **labels: str) -> list[Series]:
        """Give the series of a metric that have these labels (and maybe others), in the order they came up.

        Args:
            name: the sample's name: a counter's ends in `_total`, a histogram has `_bucket`, `_sum` and `_count`.
            labels: labels that a series must have.
        """
        wanted = set(labels.items())
        keys = dict.fromkeys(
            key for scrape in self._scrapes for key in scrape.samples if key[0] == name and wanted <= key[1]
        )
        found = []
        for key in keys:
            points = [(scrape.at, scrape.samples[key]) for scrape in self._scrapes if key in scrape.samples]
            times, values = zip(*points, strict=True)
            found.append(Series(name, dict(key[1]), times, values))
        return found

    def quantile(self, q: float, name: str, **labels: str) -> float:
        """Estimate a quantile of a histogram over all scrapes, as Prometheus's `histogram_quantile` does.

        Args:
            q: 0 to 1.
            name: the histogram's name, without `_bucket`.
            labels: labels that its series must have; those that match are added up.

        Returns:
            The estimate, or NaN when nothing was observed meanwhile.
        """
        buckets: dict[float, float] = {}
        for series in self.series(f"{name}_bucket", **labels):
            bound = float(series.labels["le"])
            buckets[bound] = buckets.get(bound, 0.0) + series.increase
        return histogram_quantile(q, buckets)

    def __enter__(self) -> Scraper:
        """Begin to scrape in the background."""
        self._over.clear()
        self.scrape()
        self._thread = threading.Thread(target=self._run, name="scraper", daemon=True)
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self._over.wait(self._every):
            self.scrape()

    def __exit__(self, *_: object) -> None:
        """Stop, with one more scrape at the end."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self.scrape()


def histogram_quantile(q: float, buckets: Mapping[float, float]) -> float:
    """Estimate a quantile from the buckets of a histogram, by linear interpolation within the bucket it falls into.

    Prometheus's own rule, which is why it can be no better than the buckets are fine:
    https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile

    Args:
        q: 0 to 1.
        buckets: how many observations were at most this large, by the upper bound; the last bound is infinite.

    Returns:
        The estimate: NaN without observations, the highest finite bound when the quantile lies beyond it.
    """
    bounds = sorted(buckets)
    if not bounds or not math.isinf(bounds[-1]) or not 0 <= q <= 1 or not buckets[bounds[-1]] > 0:
        return math.nan
    rank = q * buckets[bounds[-1]]
    below, count_below = 0.0, 0.0
    for bound in bounds:
        if buckets[bound] >= rank and buckets[bound] > count_below:
            if math.isinf(bound):
                return below
            # The lowest bucket has no lower bound of its own; 0 is taken unless the bound is negative.
            if below == 0.0 and count_below == 0.0 and bound <= 0:
                return bound
            return below + (bound - below) * (rank - count_below) / (buckets[bound] - count_below)
        below, count_below = bound, max(buckets[bound], count_below)
    return below
