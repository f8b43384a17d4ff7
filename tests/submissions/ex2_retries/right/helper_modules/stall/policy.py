"""When to ask again, how often, and how long to wait."""

import httpx
import tenacity
from tenacity.retry import retry_base
from tenacity.stop import stop_base

from stall.settings import number


class TemporaryTrouble(retry_base):
    def __call__(self, retry_state) -> bool:
        if not retry_state.outcome.failed:
            return False
        error = retry_state.outcome.exception()
        if isinstance(error, httpx.HTTPStatusError):
            return error.response.status_code // 100 == 5
        return isinstance(error, httpx.TransportError)


class Attempts(stop_base):
    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, retry_state) -> bool:
        return retry_state.attempt_number >= self.most


def policy(attempts: int = 3):
    wait = number("RETRY_WAIT", 1.0)
    return tenacity.retry(
        retry=TemporaryTrouble(),
        stop=Attempts(attempts),
        wait=tenacity.wait_exponential(multiplier=wait, max=30) + tenacity.wait_random(0, wait),
        reraise=True,
    )
