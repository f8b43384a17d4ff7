"""The messages between owner, fork server and keeper."""

import os
import socket

from foodcourt.processes.wire import Enter, Launch, Lines, parse, send


def test_a_launch_arrives_as_it_was_sent():
    """A request comes out as it went in, descriptors included."""
    launch = Launch(("a", "b c", "ü\n"), "/", {"A": "ß", "B": ""}, ("out", "err"), 10, ("FD",))
    left, right = socket.socketpair()
    reader, writer = os.pipe()
    with left, right:
        send(left, launch.message(), [writer])
        os.close(writer)
        lines = Lines(right)
        (message,) = lines.receive()
        assert parse(message) == launch
        os.write(lines.fds[0], b"through")
        assert os.read(reader, 100) == b"through"
        os.close(lines.fds[0])
    os.close(reader)


def test_a_request_says_what_it_is_and_what_comes_along():
    """A request for a program is told from one for a sandbox, and says how many descriptors belong to it."""
    enter = Enter({"limits": {"memory": 1}, "cgroup": []})
    assert parse(enter.message()) == enter
    assert enter.descriptors == 2
    assert Launch(("a",), "/", {}, ("out", "err"), 10, ("FD",)).descriptors == 4


def test_messages_are_cut_where_they_end():
    """Messages that arrive together are told apart, and one that arrives in parts is put together."""
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b'{"a":1}\n{"b":2}\n{"c"')
        lines = Lines(right)
        assert list(lines.receive()) == [{"a": 1}, {"b": 2}]
        assert list(lines.receive() if left.send(b":3}\n") else ()) == [{"c": 3}]
        left.close()
        assert lines.receive() is None
