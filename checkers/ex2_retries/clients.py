"""The clients that the learner's tests are run against: a right one, and wrong ones that look like it.

Each is put together anew for every run from parts that mean the same, so that tests have to look at what a client
does to tell one from the other.
"""

from __future__ import annotations

import difflib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

_TEMPLATE = '''"""users_client: asks users-service for a user, and asks again when that can help."""

import os

import httpx
import tenacity
from tenacity import retry, retry_if_exception, stop_after_attempt, stop_after_delay, wait_exponential, wait_random

RETRY_WAIT = float(os.environ.get("RETRY_WAIT", "1.0"))  # seconds before the second attempt; then twice that


def worth_another_try(error: BaseException) -> bool:
    """Say whether the same question, asked again, may well be answered."""
{again}


def the_end(state: tenacity.RetryCallState):
    """Say what comes out when all attempts failed."""
    {end}


@retry(
    retry=retry_if_exception(worth_another_try),
    stop={stop},
    wait={wait},
    retry_error_callback=the_end,
)
async def fetch_user(client: httpx.AsyncClient, uid: int) -> dict:
    """Ask for one user, up to three times, and raise the last httpx error when nothing helped."""
{call}
'''

_IF_STATUS = """\
    if isinstance(error, httpx.HTTPStatusError):
        return {0}
    return isinstance(error, httpx.TransportError)"""
_OR_STATUS = """\
    lost = isinstance(error, httpx.TransportError)
    return lost or (isinstance(error, httpx.HTTPStatusError) and {0})"""
_MATCH_STATUS = """\
    match error:
        case httpx.HTTPStatusError():
            return {0}
        case httpx.TransportError():
            return True
        case _:
            return False"""
_GET = 'await client.get(f"/users/{uid}")'
_SHAPES = (_IF_STATUS, _OR_STATUS, _MATCH_STATUS)


def _in_all_shapes(*tests: str) -> tuple[str, ...]:
    return tuple(shape.format(test) for shape in _SHAPES for test in tests)


_RIGHT: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "again": _in_all_shapes(
            "error.response.status_code >= 500",
            "error.response.status_code > 499",
            "error.response.is_server_error",
            "error.response.status_code // 100 == 5",
            "not error.response.is_client_error",
        ),
        "end": ("return state.outcome.result()", "raise state.outcome.exception()"),
        "stop": (
            "stop_after_attempt(3)",
            "stop_after_attempt(3) | stop_after_delay(600)",
            "tenacity.stop_any(stop_after_attempt(3), stop_after_delay(600))",
            "stop_after_attempt(max_attempt_number=3)",
        ),
        "wait": (
            "wait_exponential(multiplier=RETRY_WAIT)",
            "wait_exponential(RETRY_WAIT, exp_base=2)",
            "wait_exponential(multiplier=RETRY_WAIT) + wait_random(0, RETRY_WAIT / 10)",
            "tenacity.wait_combine(wait_exponential(multiplier=RETRY_WAIT), wait_random(0, RETRY_WAIT / 10))",
        ),
        "call": (
            f"    response = {_GET}\n    response.raise_for_status()\n    return response.json()",
            f"    response = {_GET}\n    return response.raise_for_status().json()",
            f"    answer = {_GET}\n    answer.raise_for_status()\n    return answer.json()",
        ),
    }
)


class Mistake(StrEnum):
    """What is wrong with a wrong client, as the end of "a client that …"."""

    NEVER = "never tries again"
    ONCE = "gives up after the first retry"
    CLIENT_ERRORS = "tries again after every 4xx"
    NONE = "returns None in the end instead of raising the last error"


_WRONG: Mapping[Mistake, Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        Mistake.NEVER: {"stop": tuple(stop.replace("3", "1") for stop in _RIGHT["stop"])},
        Mistake.ONCE: {"stop": tuple(stop.replace("3", "2") for stop in _RIGHT["stop"])},
        Mistake.CLIENT_ERRORS: {
            "again": _in_all_shapes(
                "error.response.status_code >= 400",
                "error.response.status_code > 399",
                "error.response.is_error",
                "error.response.status_code // 100 in (4, 5)",
                "not error.response.is_success",
            )
        },
        Mistake.NONE: {"end": ("return None", "state.outcome.exception()")},
    }
)


@dataclass(frozen=True)
class Client:
    """A users_client.py of ours.

    Attributes:
        seed: what it was put together from.
        mistake: what is wrong with it; None: nothing.
        source: its text.
    """

    seed: int
    mistake: Mistake | None
    source: str

    @classmethod
    def make(cls, seed: int, mistake: Mistake | None = None) -> Client:
        """Put one together: the same seed gives a right one and wrong ones that differ in the mistake only."""
        chance = random.Random(f"{seed}")
        parts = {}
        for name, right in _RIGHT.items():
            number = chance.randrange(60)  # a multiple of how many spellings there are of anything
            spellings = (_WRONG[mistake] if mistake else {}).get(name, right)
            parts[name] = spellings[number % len(spellings)]
        return cls(seed, mistake, _TEMPLATE.format(**parts))

    def difference(self) -> str:
        """Give its text as a difference to the right one of the same seed."""
        right = Client.make(self.seed).source.splitlines()
        lines = difflib.unified_diff(right, self.source.splitlines(), "right", "wrong", n=len(right), lineterm="")
        return "\n".join(list(lines)[3:])
