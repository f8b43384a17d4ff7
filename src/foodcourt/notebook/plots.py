"""What cells draw with: `plots.bars(…)` and the like, each of which returns a figure for `picture`.

`blank`, `COLOURS` and `HATCHES` are for cells that draw a picture of their own.
"""

from foodcourt.notebook.charts import COLOURS, HATCHES, bars, blank, gantt, histogram, lines
from foodcourt.notebook.waterfalls import waterfall

__all__ = ["COLOURS", "HATCHES", "bars", "blank", "gantt", "histogram", "lines", "waterfall"]
