"""The last cell of every chapter."""

from __future__ import annotations

from foodcourt.notebook.entering import close_all
from foodcourt.notebook.starting import stop_all

__all__ = ["finish"]


def finish() -> None:
    """Stop everything that this notebook started, and say what that was.

    Widgets stay: after "Restart and run all" a learner still wants to move the sliders and answer the quiz. They
    go with the kernel.
    """
    stopped = stop_all() + close_all()
    if not stopped:
        print("Nothing was left running.")
        return
    print(f"Stopped {', '.join(stopped)}. Nothing is left running.")
