"""The echo stall: a gRPC server that says back what it hears.

Finish echo.proto first (TODO 1 to 3) and run protoc, then work through the TODOs in order, 4 to 8 here.
The README next to this file says exactly what the server must do.
"""

import argparse
import signal
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2_grpc

import echo_pb2
import echo_pb2_grpc


class EchoService(echo_pb2_grpc.EchoServiceServicer):
    """What the stall does for each rpc in echo.proto: one method, with the name of the rpc."""

    def Echo(self, request, context):
        raise NotImplementedError("TODO 5 in server.py: say back what was heard")


# Each call occupies one thread while it is served. The eleventh waits until a thread is free.
server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))

health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
echo_pb2_grpc.add_EchoServiceServicer_to_server(EchoService(), server)


def stop(signum, frame):
    """Close the stall: let nobody in any more, and let the calls in flight finish."""
    server.stop(1.5)


def main():
    """Open the stall, and stay until it is closed."""
    parser = argparse.ArgumentParser(description="The echo stall: says back what it hears.")
    parser.add_argument("--port", type=int, default=50051, help="where to listen on 127.0.0.1 (default: 50051)")
    options = parser.parse_args()

    server.add_insecure_port(f"127.0.0.1:{options.port}")
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    main()
