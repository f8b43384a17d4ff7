import os
import socket
import sys
import time

port = int(sys.argv[sys.argv.index("--port") + 1])
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        squatter = socket.socket()
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen(128)
        time.sleep(10**6)
    os._exit(0)
time.sleep(0.2)

exec(compile(open("honest_server.py", encoding="utf-8").read(), "honest_server.py", "exec"))
