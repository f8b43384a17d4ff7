"""Answers on a socket, without any server in between."""

import socket
import sys
import threading


def port():
    return int(sys.argv[sys.argv.index("--port") + 1])


def serve(answer):
    """Call `answer(connection, head)` for every request, and never come back."""
    listener = socket.create_server(("127.0.0.1", port()), backlog=256)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_serve, args=(connection, answer), daemon=True).start()


def _serve(connection, answer):
    with connection:
        head = b""
        try:
            while b"\r\n\r\n" not in head:
                data = connection.recv(65_536)
                if not data:
                    return
                head += data
            answer(connection, head)
        except OSError:
            pass
