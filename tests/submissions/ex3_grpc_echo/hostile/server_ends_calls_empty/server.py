import argparse
import signal
import threading
from concurrent import futures

import echo_pb2
import grpc

leaving = threading.Event()


class Silent(grpc.GenericRpcHandler):
    def service(self, details):
        if details.method.endswith("/Echo"):
            return grpc.stream_stream_rpc_method_handler(
                self.echo, echo_pb2.EchoRequest.FromString, echo_pb2.EchoReply.SerializeToString
            )

    def echo(self, requests, context):
        for request in requests:
            if leaving.is_set():
                return  # OK, without a message
            yield echo_pb2.EchoReply(message=request.message)


def stop(*_):
    leaving.set()
    server.stop(1.5)


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=50051)
options = parser.parse_args()
server = grpc.server(futures.ThreadPoolExecutor(60), handlers=[Silent()])
signal.signal(signal.SIGTERM, stop)
server.add_insecure_port(f"127.0.0.1:{options.port}")
server.start()
server.wait_for_termination()
