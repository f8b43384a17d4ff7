"""Exercise 3 checked the way a teacher would by hand: plain pytest, subprocess and grpcio, nothing of ours.

It does the same required checks as `foodcourt check ex3`, and is what `make bench` compares that with. protoc, the
servers and every run of the client have an interpreter of their own; a server is waited for by polling.

    SUBMISSION=solutions/ex3_grpc_echo pytest tests/bench/handwritten_ex3.py
"""

from __future__ import annotations

import importlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

FOLDER = Path(os.environ.get("SUBMISSION", "solutions/ex3_grpc_echo")).resolve()
TIMEOUT = 0.4
SLACK = 1.0


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def word() -> str:
    return f"noodles{random.randrange(10**9)}"


@pytest.fixture(scope="session")
def work(tmp_path_factory):
    """A copy of the work, with the modules that protoc makes; they are imported here as well."""
    work = shutil.copytree(FOLDER, tmp_path_factory.mktemp("work") / "copy", ignore=lambda *_: ["__pycache__"])
    command = [
        sys.executable,
        "-m",
        "grpc_tools.protoc",
        "-I.",
        "--python_out=.",
        "--grpc_python_out=.",
        "echo.proto",
    ]
    subprocess.run(command, cwd=work, check=True)
    sys.path.insert(0, str(work))
    return work


@pytest.fixture(scope="session")
def pb2(work):
    return importlib.import_module("echo_pb2")


@pytest.fixture(scope="session")
def pb2_grpc(work):
    return importlib.import_module("echo_pb2_grpc")


def start_server(work: Path):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "server.py", "--port", str(port)],
        cwd=work,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(500):
        assert process.poll() is None, "the server ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.02)
    return process, port


@pytest.fixture(scope="session")
def server(work):
    process, port = start_server(work)
    yield port
    process.terminate()
    process.wait(10)


def channel(port: int):
    options = [("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)]
    return grpc.insecure_channel(f"127.0.0.1:{port}", options=options)


@pytest.fixture(scope="session")
def echo(server, pb2, pb2_grpc):
    """Echo a text, over a connection of its own."""

    def echo(text: str) -> str:
        with channel(server) as connection:
            stub = pb2_grpc.EchoServiceStub(connection)
            return stub.Echo(pb2.EchoRequest(message=text), timeout=5).message

    return echo


@pytest.fixture(scope="session")
def stall(pb2, pb2_grpc):
    """A server that answers what `replies` says, and otherwise never."""
    replies: dict[str, str] = {}

    class Stall(pb2_grpc.EchoServiceServicer):
        def Echo(self, request, context):
            if request.message not in replies:
                gone = threading.Event()
                context.add_callback(gone.set)
                gone.wait()
            return pb2.EchoReply(message=replies.get(request.message, ""))

    stall = grpc.server(ThreadPoolExecutor(8))
    pb2_grpc.add_EchoServiceServicer_to_server(Stall(), stall)
    port = stall.add_insecure_port("127.0.0.1:0")
    stall.start()
    yield port, replies
    stall.stop(0).wait()


def run_client(work: Path, port: int, *arguments: str):
    began = time.monotonic()
    command = [sys.executable, "client.py", "--target", f"127.0.0.1:{port}", *arguments]
    done = subprocess.run(command, cwd=work, capture_output=True, encoding="utf-8", timeout=10)
    return done, time.monotonic() - began


def test_proto_compiles(work):
    assert (work / "echo_pb2.py").is_file()
    assert (work / "echo_pb2_grpc.py").is_file()


def test_proto_shape(pb2):
    rpc = pb2.DESCRIPTOR.services_by_name["EchoService"].methods_by_name["Echo"]
    assert not rpc.client_streaming
    assert not rpc.server_streaming
    for message, name in ((rpc.input_type, "EchoRequest"), (rpc.output_type, "EchoReply")):
        assert message.name == name
        field = message.fields_by_name["message"]
        assert (field.number, field.type, field.is_repeated) == (1, field.TYPE_STRING, False)


def test_server_starts(server):
    with channel(server) as connection:
        grpc.channel_ready_future(connection).result(timeout=5)


def test_server_echo(echo):
    for text in (word(), f"{word()} and {word()}"):
        assert echo(text) == text


def test_server_unicode(echo):
    texts = [
        "Žluťoučký kůň 你好世界 こんにちは 안녕 שלום عالم नमस्ते สวัสดี Ωμέγα ქართული",
        "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 𝄞",
        "e\u0301 n\u0303",
        "  \tblanks\r\n\n ",
        "\x00\x01\x7f",
        "",
        "0123456789abcdef" * 2**16,
    ]
    for text in texts:
        assert echo(text) == text


def test_server_concurrent(echo):
    texts = [word() for _ in range(50)]
    began = time.monotonic()
    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(echo, texts)) == texts
    assert time.monotonic() - began < 5


def test_client_prints_reply(work, stall):
    port, replies = stall
    for text, reply in ((word(), word()), ("für 你 und 🍜", "  zurück 你 🥟 "), ("", word())):
        replies[text] = reply
        done, _ = run_client(work, port, text)
        assert (done.stdout, done.returncode) == (f"{reply}\n", 0)


def fails(done, seconds: float, *names: str) -> None:
    assert done.returncode != 0
    assert any(name in done.stderr for name in names)
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert seconds < TIMEOUT + SLACK


def test_client_deadline(work, stall):
    fails(*run_client(work, stall[0], "--timeout", str(TIMEOUT), word()), "DEADLINE_EXCEEDED")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        fails(*run_client(work, port, "--timeout", str(TIMEOUT), word()), "DEADLINE_EXCEEDED", "UNAVAILABLE")


def test_client_unavailable(work):
    done = run_client(work, free_port(), "--timeout", str(TIMEOUT), word())
    fails(*done, "UNAVAILABLE", "DEADLINE_EXCEEDED")


def test_server_graceful(work, pb2):
    process, port = start_server(work)
    with channel(port) as connection:
        # On the wire a unary call is a stream of one message, and that can be held back.
        go_on = threading.Event()

        def held():
            go_on.wait(5)
            yield pb2.EchoRequest(message="held")

        service = pb2.DESCRIPTOR.services_by_name["EchoService"].full_name
        forms = (pb2.EchoRequest.SerializeToString, pb2.EchoReply.FromString)
        call = connection.stream_unary(f"/{service}/Echo", *forms).future(held(), timeout=5)
        connection.unary_unary(f"/{service}/Echo", *forms)(pb2.EchoRequest(message="after it"), timeout=5)
        process.send_signal(signal.SIGTERM)
        signalled = time.monotonic()
        time.sleep(0.45)
        go_on.set()
        assert call.result().message == "held"
    process.wait(2)
    assert time.monotonic() - signalled < 2
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
