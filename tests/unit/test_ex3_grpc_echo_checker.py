"""The checker of exercise 3: what it reads from a .proto, what it says of a changed text, and who shares a port."""

from __future__ import annotations

import importlib.util
import itertools
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from foodcourt.grading.failures import CheckFailed
from foodcourt.grading.finished import Finished
from foodcourt.processes import Service, TcpReady

CHECKER = Path(__file__).resolve().parents[2] / "checkers" / "ex3_grpc_echo"


def load(name: str):
    spec = importlib.util.spec_from_file_location(f"ex3_{name}", CHECKER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


card = load("card")
texts = load("texts")
listeners = load("listeners")

REQUEST = "message EchoRequest { string message = 1; }\n"
REPLY = "message EchoReply { string message = 1; }\n"
SERVICE = "service EchoService { rpc Echo (EchoRequest) returns (EchoReply); }\n"
WHOLE = 'syntax = "proto3";\n' + REQUEST + REPLY + SERVICE


@pytest.fixture
def read(tmp_path):
    """Have protoc read a text, and give the card that the checker makes of it."""

    def read(text: str):
        (tmp_path / "echo.proto").write_text(text)
        command = [sys.executable, "-m", "grpc_tools.protoc", "-I.", "--descriptor_set_out=out", "--include_imports"]
        began = time.monotonic()
        done = subprocess.run([*command, "echo.proto"], cwd=tmp_path, capture_output=True, text=True)
        run = Finished("protoc", "", done.returncode, done.stdout, done.stderr, began, 0.1, tmp_path)
        files = FileDescriptorSet.FromString((tmp_path / "out").read_bytes()).file if done.returncode == 0 else ()
        return card.Card(text, run, tuple(files))

    return read


def judge(found) -> None:
    found.expect_compiled()
    found.expect_shape()


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        WHOLE.replace("message EchoRequest {", "package a.b;\nmessage EchoRequest { bool loud = 7;"),
        WHOLE.replace('"proto3"', '"proto2"').replace("string", "optional string"),
        WHOLE.replace('"proto3"', '"proto2"').replace("string", "required string"),
        WHOLE.replace("string message = 1;", "oneof what { string message = 1; bytes data = 2; }"),
        WHOLE.replace("rpc Echo (", "rpc Chat (stream EchoRequest) returns (stream EchoReply);\n rpc Echo ("),
        WHOLE.replace("(EchoRequest)", "(Echo.EchoRequest)") + "message Echo { " + REQUEST + "}\n",
        WHOLE + "service Other { rpc Echo (EchoRequest) returns (EchoRequest); }\n",
    ],
)
def test_what_the_contract_leaves_open_is_free(read, text):
    """Package, syntax, further fields, rpcs, services and places of messages are the learner's own business."""
    found = read(text)
    judge(found)
    assert found.path.endswith("EchoService/Echo")


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (WHOLE.replace("message = 1;", "message = 1", 1), "semicolon"),
        (WHOLE.replace("string message = 1;", "string message;", 1), "number"),
        (WHOLE.replace('syntax = "proto3";', ""), "first statement"),
        (WHOLE.replace("string", "str", 1), "called string"),
        (WHOLE.replace("(EchoReply)", "(EchoAnswer)"), "does not declare"),
        (WHOLE[:-3], "closing brace"),
        (WHOLE.replace("(EchoRequest)", "(string)"), "takes a message"),
        ('syntax = "proto3";\nimport "menu.proto";\n', "imported"),
        ('syntax = "proto3";\nmessage EchoRequest {\n  // TODO 1: Declare\n}\n', "TODO 1"),
        ('syntax = "proto3";\n' + REQUEST + "message EchoReply {\n  // TODO 2: Declare\n}\n", "TODO 2"),
        ('syntax = "proto3";\n' + REQUEST + REPLY + "// TODO 3: Declare\n", "TODO 3"),
        ('syntax = "proto3";\n' + REQUEST + REPLY, "service is missing"),
        (WHOLE.replace("message = 1", "message = 2", 1), "number is not 1"),
        (WHOLE.replace("string message", "bytes message", 1), "type is not string"),
        (WHOLE.replace("string message", "repeated string message", 1), "repeated"),
        (WHOLE.replace("string message", "string text", 1), "another name than message"),
        (WHOLE.replace("EchoService", "Echoes"), "Echoes, not EchoService"),
        (WHOLE.replace("rpc Echo", "rpc Say"), "Say, not Echo"),
        (WHOLE.replace("returns (", "returns (stream "), "stream"),
        (WHOLE.replace("EchoReply", "EchoResponse"), "EchoResponse, not EchoReply"),
        (WHOLE.replace("returns (EchoReply)", "returns (EchoRequest)"), "another message than EchoReply"),
    ],
)
def test_the_mistake_in_a_proto_is_named(read, text, mistake):
    """Whether protoc refuses it or it declares something else: the message names what is wrong."""
    found = read(text)
    with pytest.raises(CheckFailed) as failure:
        judge(found)
    assert mistake in failure.value.mistake
    assert not found.has_shape


@pytest.mark.parametrize(
    ("sent", "got", "said"),
    [
        ("noodles", "", "never set"),
        ("  noodles\n", "noodles", "stripped"),
        ("Noodles", "noodles", "case"),
        ("e\u0301", "\u00e9", "normalized"),
        ("für 2", "f?r 2", "ASCII"),
        ("noodles", "You said: noodles", "added"),
        ("noodles", "nood", "cut off"),
        ("noodles", 'message: "noodles"\n', "str()"),
        ("", "(nothing)", "empty"),
        ("noodles", "seldoon", ""),
    ],
)
def test_what_was_done_to_a_text_is_named(sent, got, said):
    """A changed text betrays what changed it, and where it does not, nothing is said."""
    found = texts.change(sent, got)
    assert said in found
    assert bool(found) == bool(said)


def test_texts_are_unusual_and_fit_on_a_line():
    """There is an empty text and one of 1 MiB, all differ from run to run, and each can be typed."""
    first, second = texts.unusual(), texts.unusual()
    assert not set(first) & set(second) - {""}
    assert {len(text.encode()) for text in first} >= {0, 2**20}
    for text in first:
        assert eval(texts.written(text)) == text
        assert len(texts.written(text)) < 400


LISTENING = """
import os, socket, sys, time
place = socket.socket()
place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
place.bind(("127.0.0.1", int(sys.argv[1])))
place.listen()
if os.fork() == 0:
    os.setsid()
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    own.bind(("127.0.0.1", int(sys.argv[1])))
    own.listen()
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="who listens is read from /proc")
def test_a_stranger_on_the_port_is_noticed(tmp_path):
    """A server's own workers may share its port; a process from elsewhere is named."""
    (tmp_path / "listening.py").write_text(LISTENING)
    with Service(["python", "listening.py", "{port}"], cwd=tmp_path, ready=TcpReady()) as service:
        assert listeners.strangers(service.port, service.pid) == ""
        with socket.socket() as stranger:
            stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            stranger.bind(("127.0.0.1", service.port))
            stranger.listen()
            assert f"process {os.getpid()} " in listeners.strangers(service.port, service.pid)
        assert listeners.strangers(service.port, service.pid) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="who listens is read from /proc")
def test_a_server_is_no_stranger_while_the_clock_is_set(tmp_path, monkeypatch):
    """A program that began before its parent, by a clock that is set back meanwhile, is still its child."""
    read = itertools.count(1_000_000, -1)
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: float(next(read)))
    (tmp_path / "listening.py").write_text(LISTENING)
    with Service(["python", "listening.py", "{port}"], cwd=tmp_path, ready=TcpReady()) as service:
        assert listeners.strangers(service.port, service.pid) == ""
