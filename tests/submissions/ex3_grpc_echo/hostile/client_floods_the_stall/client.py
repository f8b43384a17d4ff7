import runpy
import sys
import threading
import time

import echo_pb2
import grpc

target = sys.argv[sys.argv.index("--target") + 1]
BIG = echo_pb2.EchoRequest(message="a" * (7 << 20) + "\U0001f35c").SerializeToString()
LONG = echo_pb2.EchoRequest(message="a" * (60 << 10) + "\U0001f35c").SerializeToString()
deadline = time.monotonic() + 2


def flood(message):
    options = [("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(target, options=options) as channel:
        echo = channel.unary_unary("/echo.EchoService/Echo")
        waiting = []
        while time.monotonic() < deadline:
            waiting.append(echo.future(message, timeout=20))
            if len(waiting) == 50:
                for call in waiting:
                    call.exception()
                waiting.clear()


if "--timeout" not in sys.argv:
    floods = [threading.Thread(target=flood, args=[message]) for message in (BIG, BIG, LONG, LONG)]
    for thread in floods:
        thread.start()
    for thread in floods:
        thread.join()
sys.argv[0] = "honest_client.py"
runpy.run_path("honest_client.py", run_name="__main__")
