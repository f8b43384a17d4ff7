"""What services tell about themselves: spans that they send by OTLP, and metrics that they let us scrape."""

from foodcourt.telemetry.metrics import Scraper, Series, histogram_quantile
from foodcourt.telemetry.receiver import Receiver
from foodcourt.telemetry.spans import Span, Trace

__all__ = ["Receiver", "Scraper", "Series", "Span", "Trace", "histogram_quantile"]
