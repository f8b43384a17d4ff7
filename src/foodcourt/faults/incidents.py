"""The incidents of the last chapter. Their causes stand below: who wants to find them out reads no further.

An incident's name says what an operator sees. What is wrong is switched on for the length of a block.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from foodcourt.faults.calls import Call
from foodcourt.faults.proxy import TcpProxy
from foodcourt.faults.replies import OK, Delay, Reply, Status
from foodcourt.faults.upstream import Upstream

__all__ = ["QUIET", "Incident", "food_court_incidents"]

QUIET = "a quiet lunch"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that an operator sees.

    Attributes:
        switch_on: puts it in force, and takes it away when the block that it is used in ends.
        every: seconds between one guest and the next.
    """

    switch_on: Callable[[], AbstractContextManager[object]]
    every: float = 0.25


def food_court_incidents(bank: Upstream, to_menu: TcpProxy, to_tickets: TcpProxy) -> dict[str, Incident]:
    """Give the incidents by their names, the lunch in which nothing is wrong first.

    Args:
        bank: takes `POST /charges` with the JSON field `order`.
        to_menu: the way from orders to the menu.
        to_tickets: the way from the kitchen to the broker that holds its tickets.
    """
    return {
        QUIET: Incident(nullcontext),
        "every order takes half a second longer": Incident(lambda: to_menu.latency(0.25)),
        "one guest in three gets an error": Incident(lambda: bank.fault(_every_third(), path="/charges")),
        "all lights are green, and no food comes": Incident(to_tickets.blackhole),
        "guests pay twice": Incident(lambda: bank.fault(_first_of_each_order_late(1.5), path="/charges")),
        "the food comes later and later": Incident(nullcontext, every=0.03),
    }


def _every_third() -> Callable[[Call], Reply]:
    def answer(call: Call) -> Reply:
        refused = json.loads(call.body)["order"] % 3 == 0
        return Status(503, json={"detail": "closed for maintenance"}) if refused else OK

    return answer


def _first_of_each_order_late(seconds: float) -> Callable[[Call], Reply]:
    seen: set[int] = set()

    def answer(call: Call) -> Reply:
        order = json.loads(call.body)["order"]
        late = order not in seen
        seen.add(order)
        return Delay(seconds) if late else OK

    return answer
