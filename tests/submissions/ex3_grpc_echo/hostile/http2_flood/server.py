import random
import socket
import struct
import sys
import threading

port = int(sys.argv[sys.argv.index("--port") + 1])


def frame(kind, flags, stream, payload):
    return struct.pack("!I", len(payload))[1:] + bytes([kind, flags]) + struct.pack("!I", stream) + payload


FLOODS = [
    frame(4, 0, 0, b"") * 500,
    frame(6, 0, 0, b"12345678") * 500,
    frame(1, 4, 1, b"\x88") * 100,
    frame(9, 0, 1, b"\x00" * 16_000),
    frame(0, 0, 1, b"\x00" * 16_000),
    frame(8, 0, 0, struct.pack("!I", 0x7FFFFFFF)) * 10,
    random.randbytes(10_000),
    frame(7, 0, 0, struct.pack("!II", 0, 11) + b"enhance your calm" * 100),
]


def serve(connection):
    try:
        connection.sendall(frame(4, 0, 0, b""))
        while True:
            connection.sendall(random.choice(FLOODS))
    except OSError:
        connection.close()


listener = socket.create_server(("127.0.0.1", port))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
