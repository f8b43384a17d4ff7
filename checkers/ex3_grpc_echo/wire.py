"""What goes over the wire, whatever the learner's messages are called and whatever else they hold."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

OPTIONS = [
    ("grpc.enable_http_proxy", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_receive_message_length", 8 << 20),
    ("grpc.max_send_message_length", 8 << 20),
]


def _said() -> type:
    # On the wire a string is its bytes: this message tells what came, where one with a string would refuse bad UTF-8.
    file = descriptor_pb2.FileDescriptorProto(name="said.proto", syntax="proto2")
    field = descriptor_pb2.FieldDescriptorProto
    file.message_type.add(name="Said").field.add(
        name="message", number=1, type=field.TYPE_BYTES, label=field.LABEL_OPTIONAL
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("Said"))


Said = _said()
"""Any message with `string message = 1`, whatever it is called and whatever else it holds."""


def pack(text: str) -> bytes:
    """Give the bytes of a message that holds a text."""
    return Said(message=text.encode()).SerializeToString()


def unpack(data: bytes) -> str | None:
    """Read the text from the bytes of a message; None: they are no such message."""
    try:
        return Said.FromString(data).message.decode("utf-8", "backslashreplace")
    except DecodeError:
        return None


def connect(port: int) -> grpc.Channel:
    """Open a channel to a port on this machine, with a connection that no other channel shares."""
    return grpc.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS)


def hold(text: str, go_on: threading.Event) -> Iterator[bytes]:
    """Give a message that holds a text as soon as it may go on."""
    go_on.wait()
    yield pack(text)
