import argparse
import signal
import threading
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2_grpc

import echo_pb2
from echo_pb2_grpc import EchoServiceServicer, add_EchoServiceServicer_to_server


class Echo(EchoServiceServicer):
    def Echo(self, request, context):
        return echo_pb2.EchoReply(message=request.message, length=len(request.message))


class Stall:
    def __init__(self, port):
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
        health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), self._server)
        add_EchoServiceServicer_to_server(Echo(), self._server)
        self._server.add_insecure_port(f"127.0.0.1:{port}")
        self._closing = threading.Event()

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *exc_info):
        self._server.stop(1.5).wait(timeout=1.7)

    def close(self, signum, frame):
        self._closing.set()

    def serve(self):
        self._closing.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=50051)
    with Stall(parser.parse_args().port) as stall:
        signal.signal(signal.SIGTERM, stall.close)
        signal.signal(signal.SIGINT, stall.close)
        stall.serve()


if __name__ == "__main__":
    main()
