import argparse
import signal
from concurrent import futures

import grpc

import echo_pb2
import echo_pb2_grpc


class EchoService(echo_pb2_grpc.EchoServiceServicer):
    def Echo(self, request, context):
        return echo_pb2.EchoReply(**{"message": request.message})


class Terminated(Exception):
    pass


def handler(signum, frame):
    raise Terminated


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=50051)
    args = parser.parse_args()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    echo_pb2_grpc.add_EchoServiceServicer_to_server(EchoService(), server)
    server.add_insecure_port(f"127.0.0.1:{args.port}")
    signal.signal(signal.SIGTERM, handler)
    try:
        server.start()
        server.wait_for_termination()
    except (Terminated, KeyboardInterrupt):
        stopped = server.stop(grace=1.5)
        stopped.wait()
