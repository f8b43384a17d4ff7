"""What notebook cells call.

Everything here is synchronous: a notebook's event loop is already running, so a cell cannot start another one.
"""

from foodcourt.notebook.checking import check
from foodcourt.notebook.entering import broker, enter
from foodcourt.notebook.exploring import explore
from foodcourt.notebook.finishing import finish
from foodcourt.notebook.links import open_docs
from foodcourt.notebook.pictures import picture
from foodcourt.notebook.plots import bars, gantt, histogram, lines
from foodcourt.notebook.predicting import compare, predict
from foodcourt.notebook.quizzes import quiz
from foodcourt.notebook.scratch import begin
from foodcourt.notebook.starting import start
from foodcourt.notebook.summing_up import summary
from foodcourt.notebook.waterfalls import waterfall

__all__ = [
    "bars",
    "begin",
    "broker",
    "check",
    "compare",
    "enter",
    "explore",
    "finish",
    "gantt",
    "histogram",
    "lines",
    "open_docs",
    "picture",
    "predict",
    "quiz",
    "start",
    "summary",
    "waterfall",
]
