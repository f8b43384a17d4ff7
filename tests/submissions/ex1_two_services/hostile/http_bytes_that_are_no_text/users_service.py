import itertools
import os

import raw

os.write(1, bytes(range(256)) * 100)
ANSWERS = itertools.cycle([
    b'HTTP/1.1 200 \xff\xfe\r\nX-\xff: \x80\r\nContent-Length: 6\r\n\r\n{"\xff\x00}',
    b'HTTP/1.1 999 Strange\r\nContent-Length: 13\r\n\r\n{"detail":"\xc3',
    b'HTTP/1.1 000 Nothing\r\n\r\n',
    b'ICY 200 OK\r\n\r\n{}',
    b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    b'HTTP/1.1 404 Not Found\r\nContent-Type: application/json; charset=\xff\r\nContent-Length: 24\r\n\r\n{"detail": "\\ud800\\udfff',
    b'HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n{ }',
    b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\nPRI * HTTP/2.0\r\n\r\n',
    b'HTTP/2 200\r\n\r\n',
])


def answer(connection, head):
    connection.sendall(next(ANSWERS))


raw.serve(answer)
