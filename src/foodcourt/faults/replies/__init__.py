"""The ways to answer a call, one concept a file."""

from foodcourt.faults.replies.base import Reply
from foodcourt.faults.replies.cut import Cut, Reset
from foodcourt.faults.replies.delay import Delay
from foodcourt.faults.replies.drip import Drip
from foodcourt.faults.replies.flood import Flood
from foodcourt.faults.replies.hang import Hang, Hold
from foodcourt.faults.replies.malformed import Malformed
from foodcourt.faults.replies.normal import OK
from foodcourt.faults.replies.status import Status

__all__ = [
    "OK",
    "Cut",
    "Delay",
    "Drip",
    "Flood",
    "Hang",
    "Hold",
    "Malformed",
    "Reply",
    "Reset",
    "Status",
]
