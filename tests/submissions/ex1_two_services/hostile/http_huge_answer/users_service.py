import raw


def answer(connection, head):
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1;" + b"x" * 60_000 + b"\r\n \r\n" + b"ffff\r\n" + b" " * 65_535 + b"\r\n")


raw.serve(answer)
