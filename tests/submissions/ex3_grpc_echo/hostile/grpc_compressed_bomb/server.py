import sys
from concurrent import futures

import grpc

port = sys.argv[sys.argv.index("--port") + 1]
REPLY = b"\x0a\x80\x80\x80\x80\x02" + b"x" * (512 << 20)


class Bomb(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, context: REPLY)


server = grpc.server(futures.ThreadPoolExecutor(2), handlers=[Bomb()], compression=grpc.Compression.Gzip, options=[("grpc.max_send_message_length", -1)])
server.add_insecure_port(f"127.0.0.1:{port}")
server.start()
server.wait_for_termination()
