"""The checker of exercise 2: the judgement of waits, the clients for the learner's tests, and the report of those."""

from __future__ import annotations

import asyncio
import importlib.util
import itertools
import os
import random
import sys
import types
from pathlib import Path

import httpx
import pytest

from foodcourt.grading.failures import TooSlow
from foodcourt.grading.finished import Finished
from foodcourt.grading.submission import Submission

CHECKER = Path(__file__).resolve().parents[2] / "checkers" / "ex2_retries"
USER = {"id": 7, "email": "seven@example.com"}


def load(path: Path, name: str):
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


waits = load(CHECKER / "waits.py", "ex2_waits")
clients = load(CHECKER / "clients.py", "ex2_clients")
junit = load(CHECKER / "junit.py", "ex2_junit")
sys.modules |= {"waits": waits, "clients": clients, "junit": junit}
learner_tests = load(CHECKER / "learner_tests.py", "learner_tests")
lineup = load(CHECKER / "lineup.py", "ex2_lineup")
stage = load(CHECKER / "stage.py", "stage")
crowd = load(CHECKER / "crowd.py", "ex2_crowd")
Growth, Mistake, Result = waits.Growth, clients.Mistake, junit.Result

RIGHT = {
    "exponential": lambda n: 2**n,
    "exponential and half as much at random": lambda n: 2**n + random.uniform(0, 0.5),
    "exponential and twice as much at random": lambda n: 2**n + random.uniform(0, 2),
    "half of it random": lambda n: 2**n * random.uniform(0.5, 1),
    "full jitter": lambda n: random.uniform(0, 2**n),
}
STEADY = {
    "fixed": lambda n: 1,
    "at random": lambda n: random.uniform(0, 1),
    "at random around one": lambda n: random.uniform(0.5, 1.5),
    "shrinking": lambda n: 1 / 2**n,
}


def sample(wait, lag: float = 0.002, pairs: int = 20):
    """Judge as the check does: more and more pairs until it is sure."""
    found = waits.Waits(0.15)
    growth = Growth.UNSURE
    while growth is Growth.UNSURE and len(found) < 300:
        for _ in range(pairs):
            found.add(*(0.15 * wait(n) + random.expovariate(1 / lag) for n in (0, 1)))
        growth = found.growth(lag=0.05)
    return growth


@pytest.fixture(autouse=True)
def same_chance_every_time():
    random.seed(7)


@pytest.mark.parametrize("wait", RIGHT.values(), ids=RIGHT)
@pytest.mark.parametrize("lag", [0.002, 0.03])
def test_right_waits_are_never_rejected(wait, lag):
    """However right waits are spread, and on a slow machine too, they grow, or it is not sure yet."""
    assert {sample(wait, lag) for _ in range(500)} <= {Growth.GROWING, Growth.UNSURE}


@pytest.mark.parametrize("wait", STEADY.values(), ids=STEADY)
def test_waits_that_do_not_grow_are_caught(wait):
    """Waits of which the second is no longer are never taken for growing, random or not."""
    assert {sample(wait) for _ in range(500)} == {Growth.STEADY}


def test_waits_that_ignore_the_setting_are_caught():
    """No wait at all is missing; a second instead of RETRY_WAIT, or a jitter of a second, is too long."""
    assert sample(lambda n: 0) is Growth.MISSING
    assert sample(lambda n: 2**n / 0.15) is Growth.TOO_LONG
    assert {sample(lambda n: 2**n + random.uniform(0, 1) / 0.15) for _ in range(200)} == {Growth.TOO_LONG}


def test_stragglers_do_not_make_a_spread():
    """Waits in step have hardly any spread, though a few come late; scattered ones have it."""
    assert waits.spread([0.8 + 0.001 * n for n in range(17)] + [1.2, 1.3, 1.4]) < 0.02
    assert waits.spread([0.8 + 0.02 * n for n in range(20)]) > 0.1


def test_who_comes_back_in_step_is_seen_on_a_busy_machine():
    """Equal waits keep calls in order, however late each is; random ones do not, in nearly every run."""
    failed = [0.01 * n for n in range(20)]

    def scattered(random_part: float) -> float:
        late = itertools.accumulate(random.expovariate(1 / 0.02) for _ in failed)  # one after the other, as in a loop
        return waits.out_of_step(
            failed, [a + 0.8 + b + random.uniform(0, random_part) for a, b in zip(failed, late, strict=True)]
        )

    assert max(scattered(0.002) for _ in range(300)) < 0.05
    assert (
        sum(waits.out_of_step(failed, [a + random.uniform(0.8, 1.2) for a in failed]) < 0.15 for _ in range(300)) < 9
    )


def ask(client, tmp_path, *outcomes) -> tuple[object, int]:
    """Call fetch_user of a client; what came out, and how often it asked."""
    path = tmp_path / "users_client.py"
    path.write_text(client.source, encoding="utf-8")
    fetch_user = load(path, "ex2_users_client").fetch_user
    asked = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        outcome = outcomes[min(asked, len(outcomes)) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        return httpx.Response(outcome, json=USER)

    async def call():
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://desk") as http:
            return await fetch_user(http, 7)

    try:
        return asyncio.run(call()), asked
    except httpx.HTTPError as error:
        return type(error), asked


@pytest.mark.parametrize("seed", range(12))
def test_a_client_has_its_mistake_and_no_other(tmp_path, monkeypatch, seed):
    """A right client keeps the contract, and a wrong one breaks it where it says and nowhere else."""
    monkeypatch.setenv("RETRY_WAIT", "0")
    lost, status = httpx.ConnectError("refused"), httpx.HTTPStatusError
    cases = {(200,): (USER, 1), (500, 503, 200): (USER, 3), (lost, lost, 200): (USER, 3), (500,): (status, 3)}
    cases |= {(404,): (status, 1), (499,): (status, 1), (lost,): (httpx.ConnectError, 3)}
    never = {(500, 503, 200): (status, 1), (lost, lost, 200): (httpx.ConnectError, 1), (500,): (status, 1)}
    once = {(500, 503, 200): (status, 2), (lost, lost, 200): (httpx.ConnectError, 2), (500,): (status, 2)}
    different = {
        None: {},
        Mistake.NEVER: never | {(lost,): (httpx.ConnectError, 1)},
        Mistake.ONCE: once | {(lost,): (httpx.ConnectError, 2)},
        Mistake.CLIENT_ERRORS: {(404,): (status, 3), (499,): (status, 3)},
        Mistake.NONE: {(500,): (None, 3), (lost,): (None, 3)},
    }
    for mistake, wrong in different.items():
        client = clients.Client.make(seed, mistake)
        for outcomes, expected in (cases | wrong).items():
            assert ask(client, tmp_path, *outcomes) == expected, f"{mistake}: {outcomes}\n{client.source}"


def test_clients_differ_from_run_to_run():
    """Hardly two right clients are the same text, and a wrong one differs from its right twin in a line or two."""
    assert len({clients.Client.make(seed).source for seed in range(40)}) > 30
    for mistake in Mistake:
        difference = clients.Client.make(3, mistake).difference().splitlines()
        assert 2 <= sum(line.startswith(("+", "-")) for line in difference) <= 12


REPORT = """<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite>
<testcase name="green" /><testcase name="red"><failure message="assert 1 == 2">E   assert 1 == 2</failure></testcase>
<testcase name="fixture"><error message="failed on setup with &quot;KeyError&quot;">…</error></testcase>
<testcase name="left out"><skipped message="not now" /></testcase>
<testcase name="test_retries"><error message="collection failure">E   SyntaxError</error></testcase>
</testsuite></testsuites>"""


def test_a_report_tells_what_became_of_each_test(tmp_path):
    """A test that failed is told from one whose fixture failed, a skipped one, and a file that is none."""
    (tmp_path / "report.xml").write_text(REPORT, encoding="utf-8")
    cases = junit.read_junit(tmp_path / "report.xml")
    assert [case.result for case in cases] == [
        *(Result.PASSED, Result.FAILED, Result.FAILED, Result.SKIPPED, Result.UNCOLLECTED)
    ]
    assert cases[1].message == "assert 1 == 2"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe<",
        REPORT[:200].encode(),
        b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><testsuites><testcase name="&c;"/></testsuites>',
        b"<testsuites>" + b"x" * (4 << 20),
        b"<a>" * 100_000,
    ],
    ids=["empty", "no text", "cut off", "entities", "huge", "deep"],
)
def test_what_is_no_report_is_none(tmp_path, content):
    """A file that no pytest wrote, or not to its end, is no report and does no harm."""
    (tmp_path / "report.xml").write_bytes(content)
    assert junit.read_junit(tmp_path / "report.xml") is None


def test_a_report_is_an_ordinary_file(tmp_path):
    """Neither a link nor a pipe is read, and a missing report is none."""
    (tmp_path / "real.xml").write_text(REPORT, encoding="utf-8")
    (tmp_path / "link.xml").symlink_to(tmp_path / "real.xml")
    os.mkfifo(tmp_path / "pipe.xml")
    for name in ("link.xml", "pipe.xml", "missing.xml"):
        assert junit.read_junit(tmp_path / name) is None


def test_only_plugins_that_a_test_may_need_are_loaded(tmp_path):
    """A plugin is named when its word stands somewhere in the submission, not only in the tests themselves."""
    (tmp_path / "helpers").mkdir()
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "test_retries.py").write_text("import pytest\n")
    assert learner_tests._plugins(tmp_path)["PYTEST_PLUGINS"] == ""
    (tmp_path / "test_retries.py").write_text("@pytest.mark.asyncio\nasync def test(): ...\n")
    (tmp_path / "helpers" / "mocks.py").write_text("import respx\n")
    assert learner_tests._plugins(tmp_path)["PYTEST_PLUGINS"] == "pytest_asyncio.plugin,respx.plugin"


@pytest.mark.parametrize(
    ("looks", "passes"),
    [
        ([(None, 0.0)], True),
        ([(None, 1.0), (None, 1.0)], True),
        ([(None, 1.0), (TooSlow("scattered", "in step"), 1.0)], False),
        ([(TooSlow("scattered", "in step"), 0.0)], False),
    ],
)
def test_what_a_busy_machine_scatters_is_no_jitter(looks, passes):
    """Retries that are scattered while the program waits for a core have to be so twice in a row."""
    left = list(looks)
    assert (crowd.look_again(lambda: left.pop(0)) is None) is passes
    assert left == []


def answering(elapsed: float, starved: float) -> object:
    """Give a stall whose orders all take so long, of which it waits so long for a core."""
    asked = types.SimpleNamespace(answer=types.SimpleNamespace(elapsed=elapsed, starved=starved))
    asked.expect = lambda *_, **__: asked
    return types.SimpleNamespace(order=lambda _: [asked])


def test_who_is_slow_by_itself_is_no_busy_machine():
    """All that an order waits for a core excuses long waits, and of the rest a little."""
    assert crowd.lag(answering(1.3, starved=0.0), unexplained=0.3) == pytest.approx(0.3)
    assert crowd.lag(answering(1.3, starved=1.2), unexplained=0.3) == pytest.approx(1.3)
    assert crowd.lag(answering(0.1, starved=0.0), unexplained=0.3) == pytest.approx(0.1)
    assert crowd.lag(answering(1.3, starved=0.0)) == pytest.approx(1.3)


def test_two_runs_of_the_tests_at_once_and_a_third_when_they_take_long(monkeypatch):
    """A third run waits for its turn, though not for ever, and gives back no turn that it never took."""
    monkeypatch.setattr(learner_tests, "_LONGEST_TURN", 0.05)
    with learner_tests._turn(), learner_tests._turn():
        assert not learner_tests._turns.acquire(blocking=False)
        with learner_tests._turn():
            pass
        assert not learner_tests._turns.acquire(blocking=False)
    assert learner_tests._turns.acquire(blocking=False)
    learner_tests._turns.release()


class Recorded(Submission):
    """A submission whose tests are not run: it keeps how they would have been, and what they would have seen."""

    def __init__(self, original: Path, area: Path) -> None:
        super().__init__(original, area, fork_server=None)
        self.runs = []

    def run(self, argv, *, file, name, env, patience, folder, home):
        seen = {str(path.relative_to(folder.parent)) for path in folder.parent.rglob("*")}
        self.runs.append((argv, env, folder, home, seen))
        return Finished(name, "pytest", 0, "", "", 0.0, 0.1, folder)


@pytest.fixture
def recorded(tmp_path):
    """A submission with tests and nothing else."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "test_retries.py").write_text("def test(): ...\n")
    found = Recorded(tmp_path / "work", tmp_path / "area")
    yield found
    found.close()


def test_nothing_but_the_client_tells_one_run_from_another(recorded):
    """All runs have the same options and settings, and each a home and a working folder that nobody used before."""
    right = lineup.Lineup(recorded).play()
    assert len(recorded.runs) == 7
    assert len(right) == 3
    assert len({(*argv, *env.items()) for argv, env, *_ in recorded.runs}) == 1
    homes, folders = [run[3] for run in recorded.runs], [run[2] for run in recorded.runs]
    assert len({*homes, *folders, recorded.scratch, recorded.folder}) == 2 * 7 + 2
    assert all(home.is_dir() and not list(home.iterdir()) for home in homes)
    assert len({frozenset(run[4]) for run in recorded.runs}) == 1


def test_the_client_of_a_run_is_ours_whatever_was_handed_in(tmp_path):
    """A file, a package and a folder of that name are left out, and nothing else of the learner's."""
    for name in ("users_client", "users_client.py", "users_client_helpers"):
        (tmp_path / name).mkdir()
    names = ["users_client", "users_client.py", "users_client.pyc", "users_client_helpers", "helpers.py"]
    assert learner_tests._left_out(tmp_path, str(tmp_path), names) == set(names[:3])


def test_clients_come_in_another_order_each_time(recorded):
    """Neither the place of a right client nor that of a wrong one can be known."""
    line = lineup.Lineup(recorded)
    for _ in range(12):
        line.play()
    assert len({tuple(run.client.mistake for run in runs) for runs in line.rounds}) > 6


def ran(mistake: Mistake | None, result: Result | None) -> object:
    """Give a run of one test; without a result it was ended by us."""
    finished = Finished("your tests", "pytest", None if result is None else 0, "", "", 0.0, 60.0, Path())
    cases = None if result is None else (junit.Case("test", result),)
    return learner_tests.TestRun(clients.Client.make(1, mistake), finished, cases)


def test_a_wrong_client_that_passed_once_was_missed(recorded):
    """A further round makes up for tests that were ended, or failed with a right client, and for no other."""
    line = lineup.Lineup(recorded)
    assert line.unsure
    slow, green, red = (ran(Mistake.ONCE, result) for result in (None, Result.PASSED, Result.FAILED))
    for rounds, missed, unsure in (
        ([[red]], [], False),
        ([[slow]], [slow], True),
        ([[slow, green]], [slow, green], False),
        ([[slow], [red]], [], False),
        ([[slow], [slow]], [slow], False),
        ([[green], [red]], [green], False),
    ):
        line.rounds = rounds
        assert (line.missed(), line.unsure) == (missed, unsure)
