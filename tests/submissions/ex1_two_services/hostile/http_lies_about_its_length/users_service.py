import itertools

import raw

LIES = [
    b"Content-Length: 999999999999",
    b"Content-Length: 2",
    b"Content-Length: -1",
    b"Content-Length: 15\r\nContent-Length: 16",
    b"Content-Length: 0x0f",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nContent-Length: 15",
    b"Content-Encoding: gzip\r\nContent-Length: 15",
    b"Content-Type: application/json; charset=utf-7\r\nContent-Length: 15",
]
lies = itertools.cycle(LIES)


def answer(connection, head):
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + next(lies) + b'\r\n\r\n{"status":"ok"}')


raw.serve(answer)
