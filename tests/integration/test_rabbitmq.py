"""The embedded RabbitMQ, with a real server and the two clients that the workbook shows."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import aio_pika
import pika
import psutil
import pytest
from leaks import until

from foodcourt.brokers import rabbitmq as module
from foodcourt.brokers import rabbitmq_broker
from foodcourt.errors import BrokerUnavailable

OWNER = """
from foodcourt.brokers import rabbitmq_broker
import time
with rabbitmq_broker(embedded=True) as rabbit:
    print(rabbit.service.port, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _no_rabbitmq_of_others(monkeypatch):
    monkeypatch.delenv("AMQP_URL", raising=False)


@pytest.fixture(scope="module")
def rabbit():
    """One embedded server for the tests that only need queues of their own."""
    with rabbitmq_broker(embedded=True) as rabbit:
        yield rabbit


@contextlib.contextmanager
def channel_of(rabbit):
    """Give a channel of pika's, with publisher confirms."""
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(rabbit.url))) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        yield channel


def listening(processes):
    """Give the addresses on which they listen."""
    found = [connection for process in processes for connection in process.net_connections("inet")]
    return {connection.laddr.ip for connection in found if connection.status == "LISTEN"}


def test_aio_pika(rabbit):
    """What aio-pika publishes to an exchange arrives, and is gone once it is acknowledged."""

    async def cell():
        async with await aio_pika.connect_robust(rabbit.url) as connection:
            channel = await connection.channel()
            exchange = await channel.declare_exchange("menu", aio_pika.ExchangeType.TOPIC)
            queue = await channel.declare_queue("soups", durable=True)
            await queue.bind(exchange, "soup.*")
            await exchange.publish(aio_pika.Message(b"ramen"), routing_key="soup.noodle")
            async with queue.iterator() as messages:
                message = await anext(messages)
                async with message.process():
                    return message.body, message.routing_key

    assert asyncio.run(cell()) == (b"ramen", "soup.noodle")


def test_pika(rabbit):
    """What pika publishes it gets; a message that no queue wants is returned."""
    with channel_of(rabbit) as channel:
        channel.queue_declare("orders", durable=True)
        channel.basic_publish("", "orders", b"two teas")
        method, _, body = channel.basic_get("orders", auto_ack=True)
        assert (method.routing_key, body) == ("orders", b"two teas")
        with pytest.raises(pika.exceptions.UnroutableError):
            channel.basic_publish("", "no-such-queue", b"lost", mandatory=True)


def test_what_is_durable_outlasts_a_restart(rabbit):
    """Stopped or killed, the server comes back on its port with the durable queue and its persistent message."""
    port = rabbit.service.port
    with channel_of(rabbit) as channel:
        channel.queue_declare("kept", durable=True)
        channel.basic_publish("", "kept", b"persistent", pika.BasicProperties(delivery_mode=2))
    for end in (rabbit.service.stop, rabbit.service.kill):
        end()
        with pytest.raises(pika.exceptions.AMQPConnectionError):
            pika.BlockingConnection(pika.URLParameters(rabbit.url))
        rabbit.service.restart()
        assert rabbit.service.port == port
        with channel_of(rabbit) as channel:
            assert channel.queue_declare("kept", passive=True).method.message_count == 1


def test_several_at_once(rabbit):
    """A second broker, started meanwhile, knows nothing of the first one's queues; both listen on loopback only."""
    before = set(psutil.Process().children(recursive=True))
    with rabbitmq_broker(embedded=True) as other:
        with channel_of(rabbit) as channel:
            channel.queue_declare("alone")
        with channel_of(other) as channel, pytest.raises(pika.exceptions.ChannelClosedByBroker, match="NOT_FOUND"):
            channel.queue_declare("alone", passive=True)
        started = set(psutil.Process().children(recursive=True)) - before
        assert {"epmd", "beam.smp"} <= {process.name() for process in started}
        # The name server always listens on IPv6's loopback address too.
        assert {"127.0.0.1"} <= listening(started) <= {"127.0.0.1", "::1"}


def test_it_is_gone_after_the_block(no_process_left):
    """After the block server, name server and scratch folder are gone."""
    with rabbitmq_broker(embedded=True) as rabbit:
        [folder] = {Path(process.cwd()) for process in psutil.Process(rabbit.service.pid).children()}
        assert folder.name.startswith("rabbitmq-")
        assert (folder / "data").is_dir()
    assert not folder.exists()


def test_amqp_url_is_used(rabbit, monkeypatch):
    """When `AMQP_URL` names a server that answers, that one is given and none is started."""
    monkeypatch.setenv("AMQP_URL", rabbit.url)
    with rabbitmq_broker() as given:
        assert (given.url, given.source, given.service) == (rabbit.url, "AMQP_URL", None)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("amqp://me:secret@127.0.0.1:1/", "refused"),
        ("amqp://me:se/secret@127.0.0.1:1/", "no valid URL"),
        ("amqp://me:se@secret@127.0.0.1:1/", "refused"),
        ("http://me:secret@127.0.0.1:1/", "begin with amqp"),
    ],
)
def test_amqp_url_where_nobody_answers(url, problem, monkeypatch):
    """An unreachable `AMQP_URL` is an error that says so and what to do, without the password."""
    monkeypatch.setenv("AMQP_URL", url)
    with (
        pytest.raises(
            BrokerUnavailable, match=rf"AMQP_URL=\w+://…@127.0.0.1:1/, but: .*{problem}[\s\S]*next: "
        ) as caught,
        rabbitmq_broker(),
    ):
        pass
    assert "secret" not in str(caught.value)


def test_amqp_url_with_a_wrong_password(rabbit, monkeypatch):
    """A server that refuses the login is an error that says so, without the password."""
    monkeypatch.setenv("AMQP_URL", rabbit.url.replace("guest:guest", "guest:secret"))
    with pytest.raises(BrokerUnavailable, match="ACCESS_REFUSED") as caught, rabbitmq_broker():
        pass
    assert "secret" not in str(caught.value)


def test_a_server_that_never_answers():
    """A port that takes connections and says nothing is given up after two seconds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        started = time.monotonic()
        assert module.answers(f"amqp://guest:guest@127.0.0.1:{server.getsockname()[1]}/")
        assert time.monotonic() - started < 4


@pytest.mark.parametrize("layout", ["debian", "conda", "homebrew", "upstream-rpm"])
def test_the_program_proper_is_found(layout, tmp_path, monkeypatch):
    """Behind each package's wrapper the program is found that an ordinary user may run."""
    sbin = {
        "debian": "lib/rabbitmq/lib/rabbitmq_server-4.1.4/sbin",
        "conda": "lib/rabbitmq/sbin",
        "homebrew": "Cellar/rabbitmq/4.1.4/sbin",
        "upstream-rpm": "lib/rabbitmq/lib/rabbitmq_server-4.1.4/sbin",
    }[layout]
    program = tmp_path / sbin / "rabbitmq-server"
    program.parent.mkdir(parents=True)
    on_path = tmp_path / "bin" / "rabbitmq-server"
    on_path.parent.mkdir()
    for path in (program, program.with_name("rabbitmq-env"), program.with_name("rabbitmq-script-wrapper")):
        path.touch(0o755)
    if layout == "debian":
        links = tmp_path / "lib" / "rabbitmq" / "bin"
        links.mkdir()
        (links / "rabbitmq-server").symlink_to(program)
        (links / "rabbitmq-script-wrapper").touch(0o755)
        on_path.symlink_to(links / "rabbitmq-script-wrapper")
    elif layout == "upstream-rpm":
        on_path.touch(0o755)
    else:
        on_path.symlink_to(program if layout == "homebrew" else program.with_name("rabbitmq-script-wrapper"))
    monkeypatch.setenv("PATH", str(on_path.parent))
    monkeypatch.setattr(module, "_PACKAGES", tmp_path / "lib" / "rabbitmq" / "lib")
    assert module.find_servers() == [program]


def test_not_installed(monkeypatch, tmp_path):
    """Without RabbitMQ the error says so, and names the command that installs it."""
    monkeypatch.setattr(module, "_FOLDERS", ())
    monkeypatch.setattr(module, "_PACKAGES", tmp_path)
    (tmp_path / "apt-get").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        pytest.raises(BrokerUnavailable, match=r"not installed\nnext: .*apt-get install rabbitmq-server$"),
        rabbitmq_broker(),
    ):
        pass


def test_without_erlangs_name_server(monkeypatch, no_process_left):
    """Where Erlang is not there, the error names what is missing and where else a server can be had."""
    found = module.find_servers()
    monkeypatch.setattr(module, "find_servers", lambda: found)
    monkeypatch.setattr(module, "_FOLDERS", ())
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BrokerUnavailable, match=r"epmd[\s\S]*next: .*AMQP_URL"), rabbitmq_broker():
        pass


@pytest.mark.parametrize("when", ["starting", "running"])
def test_nothing_outlives_a_killed_owner(when, marked):
    """kill -9 of the owner, while the server starts or runs, leaves no file and no process, epmd included."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER], env=marked.environment(), stdout=subprocess.PIPE)
    try:
        if when == "running":
            assert owner.stdout.readline()
        until(lambda: {"epmd", "beam.smp"} <= {p.name() for p in marked.processes()}, within=30, what="Erlang")
    finally:
        owner.kill()
        owner.wait()
        owner.stdout.close()
    marked.assert_no_process_left(within=5)
    until(lambda: not marked.files(), what="the end of all files")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_verb_leaves_nothing(number, marked):
    """`foodcourt broker rabbitmq` prints its URL alone; Ctrl-C, SIGTERM and SIGKILL leave no process and no file."""
    verb = [Path(sys.executable).with_name("foodcourt"), "broker", "rabbitmq"]
    with subprocess.Popen(
        verb, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=marked.environment()
    ) as popen:
        try:
            url = popen.stdout.readline().strip()
            assert module.answers(url) is None
            os.kill(popen.pid, number)
            assert popen.wait(20) == (-signal.SIGKILL if number == signal.SIGKILL else 0)
        finally:
            popen.kill()
        assert popen.stdout.read() == ""
    marked.assert_no_process_left(within=5)
    until(lambda: not marked.files(), what="the end of all files")
