import itertools

import raw

count = itertools.count()


def answer(connection, head):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    line = b"Set-Cookie: a%d=" + b"b" * 4_000 + b"\r\n" if next(count) % 2 else b"X: " + b"y" * 65_536
    for number in itertools.count():
        connection.sendall(line.replace(b"%d", b"%d" % number))


raw.serve(answer)
