"""What a notebook holds open over several cells."""

import contextlib

import pytest
from IPython.core.interactiveshell import InteractiveShell

from foodcourt.errors import UsageError
from foodcourt.notebook import broker, enter, finish
from foodcourt.notebook.entering import close_all


@pytest.fixture(autouse=True)
def nothing_open():
    yield
    close_all()


@contextlib.contextmanager
def stall(diary, name):
    diary.append(f"{name} opens")
    yield name
    diary.append(f"{name} closes")


def test_finish_leaves_what_was_entered_the_last_first(capsys):
    """A `with` block can reach over cells: `finish` ends all of them, and says so."""
    diary = []
    assert enter(stall(diary, "soup"), "soup") == "soup"
    enter(stall(diary, "tart"), "tart")
    finish()
    assert diary == ["soup opens", "tart opens", "tart closes", "soup closes"]
    assert capsys.readouterr().out == "Stopped soup, tart. Nothing is left running.\n"


def test_entering_again_leaves_what_was_open():
    """A cell can be run again: what it entered before is left first."""
    diary = []
    enter(stall(diary, "old"), "stall")
    enter(stall(diary, "new"), "stall")
    assert diary == ["old opens", "old closes", "new opens"]


def test_a_broker_is_started_and_gone_after_finish(capsys, monkeypatch):
    """The address is printed, with the command that does the same in a terminal."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    redis = broker("redis")
    assert capsys.readouterr().out == f"Redis is ready at {redis.url}\nby hand: foodcourt broker redis\n"
    again = broker("redis")
    assert not redis.service.running
    finish()
    assert not again.service.running


def test_no_such_broker():
    """A typing error is answered with the names that there are."""
    with pytest.raises(UsageError, match="expected one of 'redis', 'rabbitmq', 'kafka', got 'redi'"):
        broker("redi")


def test_cells_that_need_a_missing_broker_are_skipped(capsys, monkeypatch):
    """Where no broker can be had, what to install is told once, cells that need it say so, and all others run."""
    shell = InteractiveShell.instance()
    try:
        monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
        assert broker("redis") is None
        assert "next: start that server, or unset REDIS_URL" in capsys.readouterr().out
        shell.run_cell("# needs Redis\nprint('asked')")
        assert (
            capsys.readouterr().out == "Skipped: there is no Redis here; broker('redis') says above what to install\n"
        )
        shell.run_cell("print('others run')  # needs Redis")
        assert capsys.readouterr().out == "others run\n"
        monkeypatch.delenv("REDIS_URL")
        broker("redis")
        capsys.readouterr()
        shell.run_cell("# needs Redis\nprint('asked')")
        assert capsys.readouterr().out == "asked\n"
    finally:
        InteractiveShell.clear_instance()
