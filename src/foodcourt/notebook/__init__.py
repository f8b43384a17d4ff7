"""What notebook cells call.

Everything here is synchronous: a notebook's event loop is already running, so a cell cannot start another one.
"""

from foodcourt.notebook import plots
from foodcourt.notebook.checking import check
from foodcourt.notebook.entering import broker, enter
from foodcourt.notebook.exploring import explore
from foodcourt.notebook.finishing import finish
from foodcourt.notebook.links import open_docs
from foodcourt.notebook.pictures import picture
from foodcourt.notebook.predicting import compare, predict
from foodcourt.notebook.quizzes import quiz
from foodcourt.notebook.scratch import begin
from foodcourt.notebook.starting import start
from foodcourt.notebook.summing_up import summary

__all__ = [
    "begin",
    "broker",
    "check",
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
