import raw


def answer(connection, head):
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)


raw.serve(answer)
