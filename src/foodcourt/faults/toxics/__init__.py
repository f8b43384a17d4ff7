"""The ways to spoil a TCP connection, one a file (toxiproxy calls them toxics)."""

from foodcourt.faults.toxics.base import CHUNK, Ending, Pace, Toxic
from foodcourt.faults.toxics.blackhole import Blackhole
from foodcourt.faults.toxics.ending import EndAfter
from foodcourt.faults.toxics.latency import Latency
from foodcourt.faults.toxics.throttle import Throttle

__all__ = ["CHUNK", "Blackhole", "EndAfter", "Ending", "Latency", "Pace", "Throttle", "Toxic"]
