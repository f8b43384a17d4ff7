"""The incidents of the last chapter, over real sockets."""

import json
import time
import urllib.error
import urllib.request

import pytest

from foodcourt.faults import TcpProxy, Upstream
from foodcourt.faults.incidents import QUIET, food_court_incidents


@pytest.fixture
def bank():
    with Upstream("bank") as bank:
        bank.answer("/charges", method="POST", json={})
        yield bank


@pytest.fixture
def proxy(bank):
    with TcpProxy("127.0.0.1", bank.port) as proxy:
        yield proxy


@pytest.fixture
def incidents(bank, proxy):
    return food_court_incidents(bank, proxy, proxy)


def charge(server, order, timeout=10.0):
    """Charge for an order; give the status and the seconds it took."""
    address = f"http://127.0.0.1:{server.port}/charges"
    request = urllib.request.Request(address, json.dumps({"order": order}).encode(), method="POST")
    began = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, time.monotonic() - began
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, time.monotonic() - began


def test_nothing_is_wrong_at_first(incidents, proxy):
    """The first one is the lunch to compare with."""
    assert next(iter(incidents)) == QUIET
    with incidents[QUIET].switch_on():
        assert charge(proxy, 3)[0] == 200


def test_half_a_second_longer(incidents, proxy):
    """A call over the slowed way takes as long as the name says, and ends well."""
    with incidents["every order takes half a second longer"].switch_on():
        status, seconds = charge(proxy, 1)
    assert status == 200
    assert seconds >= 0.5


def test_one_in_three(incidents, bank):
    """Every third order is refused, whenever it comes, and none once the incident is over."""
    with incidents["one guest in three gets an error"].switch_on():
        assert [charge(bank, order)[0] for order in range(1, 7)] == [200, 200, 503, 200, 200, 503]
    assert charge(bank, 3)[0] == 200


def test_no_food(incidents, proxy):
    """Nothing passes, and nothing fails either."""
    with incidents["all lights are green, and no food comes"].switch_on(), pytest.raises(TimeoutError):
        charge(proxy, 1, timeout=0.3)


def test_twice(incidents, bank):
    """The first charge of an order is late, and the second one is not."""
    with incidents["guests pay twice"].switch_on():
        with pytest.raises(TimeoutError):
            charge(bank, 1, timeout=0.3)
        assert charge(bank, 1)[1] < 1.5
    assert len(bank.calls) == 2


def test_later_and_later(incidents):
    """Nothing breaks there: the guests come faster."""
    assert incidents["the food comes later and later"].every < incidents[QUIET].every / 5
