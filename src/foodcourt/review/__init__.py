"""Reviewing a graded class: pages on a local server or on disk, and what instructors change.

`foodcourt review` serves (`serving.py`), `foodcourt grade` writes the read-only pages (`write_static`). What
instructors change lies in `OUT/review.sqlite` (`store.py`), and nowhere else.
"""

from foodcourt.review.static import write_static

__all__ = ["write_static"]
