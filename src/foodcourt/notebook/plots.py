"""What cells draw with: `plots.bars(…)` and the like, each of which returns a figure for `picture`."""

from foodcourt.notebook.charts import bars, gantt, histogram, lines
from foodcourt.notebook.waterfalls import waterfall

__all__ = ["bars", "gantt", "histogram", "lines", "waterfall"]
